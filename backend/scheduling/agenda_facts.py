"""What the agenda reads from the database: ended runs, active schedules, and occurrences without a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.folder_conditions import FolderStatement
from backend.runs.model import SUMMARY_COLUMNS, RunRow, read_run
from backend.scheduling.agenda_walk import SharedTiming
from backend.scheduling.model import days_off
from shared.access import Access
from shared.enums import RunStatus
from shared.models.schedule import BlackoutWindow
from shared.models.timing import timing_of

MOST_READ = 100_000
"""Ended runs that one answer reads one by one; beyond that, counts made at their end are used."""
MOST_SCHEDULES = 5000
MOST_TASKS_OF_A_SCHEDULE = 500

# How runs ended, span by span, from the index runs_completed; no more of a span than `most`.
ENDED = FolderStatement(
    """
    select s.n, e.status, count(*) as runs
    from unnest(cast(:sinces as timestamptz[]), cast(:untils as timestamptz[])) with ordinality as s (since, until, n)
    cross join lateral (
        select status from runs
        where completed_at >= s.since and completed_at < s.until and distribution is null and granted_task(task_id)
        limit :most
    ) e group by s.n, e.status
    """
)

# Counts made when runs ended, for spans with too many runs to read; from the primary key of finished_counts.
ENDED_ROUNDED = text(
    """
    select s.n, f.succeeded, f.failed
    from unnest(cast(:sinces as timestamptz[]), cast(:untils as timestamptz[]), cast(:ns as integer[]))
        as s (since, until, n)
    cross join lateral (
        select coalesce(sum(succeeded), 0) as succeeded, coalesce(sum(failed), 0) as failed from finished_counts
        where at >= s.since and at < s.until
    ) f
    """
)

# Active tasks with schedules, grouped by what decides when they are due: tasks that are due together are walked once. H
# in a schedule spreads by the name, so such a task is a group of its own.
SCHEDULES = FolderStatement(
    """
    select min(t.name), t.schedule, t.timezone, t.starts_at, t.ends_at, c.dates, c.weekdays, t.calendar_policy,
        t.blackouts, count(*), (array_agg(t.id order by t.id))[1:cast(:most_tasks as integer)],
        min(t.next_run_at), min(t.schedule_since)
    from tasks t left join calendars c on c.name = t.calendar
    where t.schedule is not null and t.status = 'active' and t.deleted_at is null and granted(t.folder)
    group by t.schedule, t.timezone, t.starts_at, t.ends_at, t.calendar, t.calendar_policy, t.blackouts, c.dates,
        c.weekdays, case when t.schedule ~* '(^|[\\s,])h' or t.schedule like 'after %' then t.id end
    order by count(*) desc, min(t.id) limit :most
    """
)
SCHEDULED_TASKS = FolderStatement(
    """
    select count(*) from tasks where schedule is not null and status = 'active' and deleted_at is null
        and granted(folder)
    """
)
SLOTS = text("select coalesce(sum(slots), 0) from workers where status = 'online'")

# Occurrences without a run (one probe of runs_by_occurrence each). Only those of the present schedule, and later than
# the oldest occurrence that still has a run: what retention removed is not missing.
MISSING = text(
    """
    select e.task_id, e.at, t.name
    from unnest(cast(:task_ids as bigint[]), cast(:ats as timestamptz[])) as e (task_id, at)
    join tasks t on t.id = e.task_id
    where e.at > t.schedule_since and e.at < coalesce(t.next_occurrence_at, now())
        and not exists (select from runs r where r.task_id = e.task_id and r.scheduled_for = e.at)
        and e.at > coalesce((select r.scheduled_for from runs r where r.task_id = e.task_id
            and r.scheduled_for is not null order by r.scheduled_for limit 1), t.schedule_since)
    order by e.at, e.task_id
    """
)

# The runs that ended within a span, from the index runs_completed.
RUNS_ENDED = FolderStatement(
    f"""
    select {SUMMARY_COLUMNS} from runs r join tasks t on t.id = r.task_id
    where r.completed_at >= :since and r.completed_at < :until and r.distribution is null
        and granted(t.folder)
    order by r.completed_at, r.id limit :most
    """  # noqa: S608
)
NAMES = text("select id, name from tasks where id = any(cast(:ids as bigint[]))")


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSchedule:
    """What decides when `tasks` tasks are due together; `task_ids` are the first of them."""

    name: str
    schedule: str
    timezone: str
    starts_at: datetime | None
    ends_at: datetime | None
    calendar_dates: list[str] | None
    calendar_weekdays: list[str] | None
    calendar_policy: str
    blackouts: list[dict[str, Any]]
    tasks: int
    task_ids: Sequence[int]
    due: datetime | None
    since: datetime | None

    def timing(self) -> SharedTiming:
        """Return what the agenda walks."""
        timing = timing_of(
            name=self.name,
            schedule=self.schedule,
            timezone=self.timezone,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            calendar=days_off(self.calendar_dates, self.calendar_weekdays),
            calendar_policy=self.calendar_policy,
            blackouts=[BlackoutWindow.model_validate(window) for window in self.blackouts],
        )
        return SharedTiming(timing=timing, tasks=self.tasks, task_ids=self.task_ids, due=self.due, since=self.since)

    def fingerprint(self) -> tuple[object, ...]:
        """Return what decides about the walk. The next time counts only if it follows the last run."""
        return (
            self.name,
            self.schedule,
            self.timezone,
            self.starts_at,
            self.ends_at,
            self.calendar_dates,
            self.calendar_weekdays,
            self.calendar_policy,
            self.blackouts,
            self.tasks,
            self.task_ids,
            self.due if self.schedule.startswith("after ") else None,
            self.since,
        )


async def count_ended(
    connection: AsyncConnection, spans: Sequence[tuple[datetime, datetime]], access: Access
) -> list[tuple[dict[RunStatus, int], bool]]:
    """Return how the runs of each span ended that a user may read, and whether the counts are rounded.

    The counts made at their end are of all runs: for who may not read all, a full span has as many as were read.
    """
    most = max(200, MOST_READ // max(1, len(spans)))
    sinces, untils = [since for since, _ in spans], [until for _, until in spans]
    counts: list[dict[RunStatus, int]] = [{} for _ in spans]
    for row in await connection.execute(ENDED.within(access), {"sinces": sinces, "untils": untils, "most": most}):
        counts[row.n - 1][RunStatus(row.status)] = row.runs
    full = [place for place, found in enumerate(counts) if sum(found.values()) >= most]
    if full and access.reads_all:
        window = {
            "sinces": [sinces[place] for place in full],
            "untils": [untils[place] for place in full],
            "ns": full,
        }
        for row in await connection.execute(ENDED_ROUNDED, window):
            if row.succeeded + row.failed > sum(counts[row.n].values()):
                counts[row.n] = {RunStatus.SUCCEEDED: row.succeeded, RunStatus.FAILED: row.failed}
    rounded = set(full)
    return [(found, place in rounded) for place, found in enumerate(counts)]


async def active_schedules(connection: AsyncConnection, access: Access) -> tuple[list[SharedSchedule], int]:
    """Return the active schedules of tasks that a user may read, the most shared first, and how many are left out."""
    rows = await connection.execute(
        SCHEDULES.within(access), {"most": MOST_SCHEDULES, "most_tasks": MOST_TASKS_OF_A_SCHEDULE}
    )
    found = [
        SharedSchedule(
            name=name,
            schedule=schedule,
            timezone=timezone,
            starts_at=starts_at,
            ends_at=ends_at,
            calendar_dates=dates,
            calendar_weekdays=weekdays,
            calendar_policy=calendar_policy,
            blackouts=blackouts,
            tasks=tasks,
            task_ids=task_ids,
            due=due,
            since=since,
        )
        for (
            name,
            schedule,
            timezone,
            starts_at,
            ends_at,
            dates,
            weekdays,
            calendar_policy,
            blackouts,
            tasks,
            task_ids,
            due,
            since,
        ) in rows
    ]
    if len(found) < MOST_SCHEDULES:
        return found, 0
    total: int = (await connection.execute(SCHEDULED_TASKS.within(access))).scalar_one()
    return found, total - sum(one.tasks for one in found)


async def online_slots(connection: AsyncConnection) -> int:
    """Return the number of slots of online workers."""
    return int((await connection.execute(SLOTS)).scalar_one())


async def without_run(
    connection: AsyncConnection, expected: Sequence[tuple[int, datetime]]
) -> list[tuple[int, datetime, str]]:
    """Return which occurrences, given as (task, time), have no run, each with the task's name."""
    if not expected:
        return []
    values = {"task_ids": [task for task, _ in expected], "ats": [at for _, at in expected]}
    return [(row.task_id, row.at, row.name) for row in await connection.execute(MISSING, values)]


async def runs_ended(
    connection: AsyncConnection, access: Access, *, since: datetime, until: datetime, most: int
) -> list[RunRow]:
    """Return the first runs that ended within a span and that a user may read."""
    rows = await connection.execute(RUNS_ENDED.within(access), {"since": since, "until": until, "most": most})
    return [read_run(row) for row in rows]


async def task_names(connection: AsyncConnection, task_ids: Sequence[int]) -> Mapping[int, str]:
    """Return the names of tasks, deleted ones included."""
    return {row.id: row.name for row in await connection.execute(NAMES, {"ids": list(task_ids)})}
