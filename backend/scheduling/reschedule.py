"""When tasks are due next, after they or their calendar changed."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.faults.model import ITEM_ERRORS
from backend.scheduling.model import NextOccurrence, lock_schedule_rows, read_schedule, set_next
from backend.scheduling.occurrences import first_occurrence
from backend.scheduling.set_aside import UnreadableSchedule, pause_unreadable
from backend.settings import Settings
from shared.schedule.effort import effort_limit

# What a former schedule missed is forgotten.
SINCE_NOW = text(
    "update tasks set schedule_since = now(), missed_at = null where id = any(cast(:task_ids as bigint[]))"
)


async def reschedule(
    connection: AsyncConnection, task_ids: Sequence[int], *, settings: Settings, keeps_due: bool
) -> list[UnreadableSchedule]:
    """Store when tasks are due next, from now on, so that a pause or an edit makes up for nothing.

    `keeps_due`: an occurrence that is due and has no run yet stays, so that an edit at that moment does not lose it.
    The dispatcher continues from it with the new schedule.

    Tasks whose schedule cannot be evaluated are returned and paused; the others are rescheduled.
    """
    rows = await lock_schedule_rows(connection, task_ids)
    times, unreadable = await asyncio.to_thread(_next_times, rows, settings=settings, keeps_due=keeps_due)
    await connection.execute(SINCE_NOW, {"task_ids": list(task_ids)})
    if times:
        await set_next(connection, times)
    await pause_unreadable(connection, unreadable)
    return unreadable


def _next_times(
    rows: Sequence[Sequence[Any]], *, settings: Settings, keeps_due: bool
) -> tuple[list[NextOccurrence], list[UnreadableSchedule]]:
    times: list[NextOccurrence] = []
    unreadable: list[UnreadableSchedule] = []
    for row in rows:
        try:
            task = read_schedule(row)
            if not task.is_active:
                times.append(NextOccurrence(task.id, None, None))
            elif not (keeps_due and task.next_run_at is not None and task.next_run_at <= task.now):
                with effort_limit():
                    facts = task.facts(misfire_grace=settings.misfire_grace)
                    times.append(NextOccurrence(task.id, *first_occurrence(facts, after=task.now)))
        except ITEM_ERRORS as error:
            unreadable.append(UnreadableSchedule.of_row(row, error))
    return times, unreadable
