"""Tasks whose next occurrence follows the end of their last run ("after 10m")."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.faults.model import ITEM_ERRORS
from backend.runs.of_task import newest_first, runs_of
from backend.scheduling.model import SCHEDULE_COLUMNS, NextOccurrence, read_schedule, set_next
from backend.scheduling.occurrences import first_occurrence
from backend.scheduling.set_aside import UnreadableSchedule, pause_unreadable
from backend.settings import Settings
from shared.schedule.effort import effort_limit

# From the index tasks_following_last_run.
FOLLOWING = text("select id from tasks where schedule like 'after %' and status = 'active' and deleted_at is null")

# Tasks whose runs have all ended, with the end of the last one: one probe of runs_by_task each. An end that lies ahead
# was recorded while the clock was wrong; it counts as now, once.
LAST_ENDS = text(
    f"""
    select {SCHEDULE_COLUMNS}, ended.at
    from tasks t left join calendars c on c.name = t.calendar
    cross join lateral (
        select least(r.completed_at, now()) as at, r.completed_at > now() as is_ahead from runs r
        where {runs_of("t.id")} and r.completed_at > t.schedule_since and r.fan_out_run_id is null
        order by {newest_first()} limit 1
    ) ended
    where t.id = any(cast(:task_ids as bigint[])) and t.status = 'active' and t.deleted_at is null
        and t.schedule like 'after %'
        and (not ended.is_ahead or t.next_occurrence_at is null)
        and not exists (select from runs where task_id = t.id and status in ('dispatched', 'running'))
        and not exists (select from runs where task_id = t.id and status in ('blocked', 'pending'))
    for update of t skip locked
    """  # noqa: S608
)


async def following_tasks(connection: AsyncConnection) -> frozenset[int]:
    """Return the active tasks whose occurrences follow the end of their last run."""
    return frozenset((await connection.execute(FOLLOWING)).scalars())


async def follow_last_runs(
    connection: AsyncConnection, task_ids: Collection[int], *, settings: Settings
) -> Sequence[NextOccurrence]:
    """Set the next occurrence of each task whose last run has ended, and return what was set."""
    rows = (await connection.execute(LAST_ENDS, {"task_ids": sorted(task_ids)})).all()
    times, unreadable = await asyncio.to_thread(_next_times, rows, settings=settings)
    if times:
        await set_next(connection, times)
    await pause_unreadable(connection, unreadable)
    return times


def _next_times(
    rows: Sequence[Sequence[Any]], *, settings: Settings
) -> tuple[list[NextOccurrence], list[UnreadableSchedule]]:
    times: list[NextOccurrence] = []
    unreadable: list[UnreadableSchedule] = []
    for row in rows:
        try:
            task, ended_at = read_schedule(row), row[-1]
            with effort_limit():
                occurrence, due = first_occurrence(task.facts(misfire_grace=settings.misfire_grace), after=ended_at)
        except ITEM_ERRORS as error:
            unreadable.append(UnreadableSchedule.of_row(row, error))
            continue
        if occurrence is None or task.next_occurrence_at is None or occurrence > task.next_occurrence_at:
            times.append(NextOccurrence(task.id, occurrence, due))
    return times, unreadable
