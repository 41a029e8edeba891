"""Past runs by span, and what is needed to walk schedules: statements for the calendar."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.model import SUMMARY_COLUMNS, RunRow, read_run
from shared.enums import RunStatus

MOST_READ = 100_000
MOST_TIMINGS = 5000
MOST_TASKS_OF_A_TIMING = 500

# How runs ended, span by span, from the index runs_completed; no more of a span than `most`.
ENDED = text(
    """
    select s.n, e.status, count(*) as runs
    from unnest(cast(:sinces as timestamptz[]), cast(:untils as timestamptz[])) with ordinality as s (since, until, n)
    cross join lateral (
        select status from runs
        where completed_at >= s.since and completed_at < s.until and distribution is null limit :most
    ) e group by s.n, e.status
    """
)

# What was counted as it ended, for spans with too many runs to read; from the primary key of finished_counts.
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

# Active tasks with schedules, gathered by what decides when they are due: tasks that are due together are walked
# once. H in a schedule spreads by the name, so there each task stands alone.
TIMINGS = text(
    """
    select min(t.id) as id, min(t.name) as name, t.schedule, t.timezone, t.starts_at, t.ends_at, t.calendar_policy,
        t.blackouts, c.dates as calendar_dates, c.weekdays as calendar_weekdays, count(*) as tasks,
        min(t.next_run_at) as due, min(t.schedule_since) as since,
        (array_agg(t.id order by t.id))[1:cast(:most_tasks as integer)] as task_ids
    from tasks t left join calendars c on c.name = t.calendar
    where t.schedule is not null and t.status = 'active' and t.deleted_at is null
    group by t.schedule, t.timezone, t.starts_at, t.ends_at, t.calendar, t.calendar_policy, t.blackouts, c.dates,
        c.weekdays, case when t.schedule ~* '(^|[\\s,])h' or t.schedule like 'after %' then t.id end
    order by count(*) desc, min(t.id) limit :most
    """
)
SCHEDULED_TASKS = text(
    """
    select count(*) from tasks where schedule is not null and status = 'active' and deleted_at is null
    """
)
SLOTS = text("select coalesce(sum(slots), 0) from workers where status = 'online'")

# Occurrences without a run (one probe of runs_by_occurrence each). Only those since the schedule is as it is, and
# since the oldest occurrence of which there is still a run: what retention removed is not missing.
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
RUNS_ENDED = text(
    f"""
    select {SUMMARY_COLUMNS} from runs r join tasks t on t.id = r.task_id
    where r.completed_at >= :since and r.completed_at < :until and r.distribution is null
    order by r.completed_at, r.id limit :most
    """  # noqa: S608
)
NAMES = text("select id, name from tasks where id = any(cast(:ids as bigint[]))")


async def ended(
    connection: AsyncConnection, spans: Sequence[tuple[datetime, datetime]]
) -> list[tuple[dict[RunStatus, int], bool]]:
    """Return how the runs of each span ended, and whether that is rounded."""
    most = max(200, MOST_READ // max(1, len(spans)))
    sinces, untils = [since for since, _ in spans], [until for _, until in spans]
    counts: list[dict[RunStatus, int]] = [{} for _ in spans]
    for row in await connection.execute(ENDED, {"sinces": sinces, "untils": untils, "most": most}):
        counts[row.n - 1][RunStatus(row.status)] = row.runs
    full = [place for place, found in enumerate(counts) if sum(found.values()) >= most]
    if full:
        asked = {
            "sinces": [sinces[place] for place in full],
            "untils": [untils[place] for place in full],
            "ns": full,
        }
        for row in await connection.execute(ENDED_ROUNDED, asked):
            if row.succeeded + row.failed > sum(counts[row.n].values()):
                counts[row.n] = {RunStatus.SUCCEEDED: row.succeeded, RunStatus.FAILED: row.failed}
    rounded = set(full)
    return [(found, place in rounded) for place, found in enumerate(counts)]


async def timings(connection: AsyncConnection) -> tuple[Sequence[RowMapping], int]:
    """Return what decides when tasks are due, the most shared first, and how many tasks are beyond the cap."""
    rows = await connection.execute(TIMINGS, {"most": MOST_TIMINGS, "most_tasks": MOST_TASKS_OF_A_TIMING})
    found = rows.mappings().all()
    if len(found) < MOST_TIMINGS:
        return found, 0
    total: int = (await connection.execute(SCHEDULED_TASKS)).scalar_one()
    return found, total - sum(row["tasks"] for row in found)


async def slots(connection: AsyncConnection) -> int:
    """Return the slots of the workers that are online."""
    return int((await connection.execute(SLOTS)).scalar_one())


async def missing(
    connection: AsyncConnection, expected: Sequence[tuple[int, datetime]]
) -> list[tuple[int, datetime, str]]:
    """Return those of the occurrences, given as (task, at), of which there is no run, with the task's name."""
    if not expected:
        return []
    asked = {"task_ids": [task for task, _ in expected], "ats": [at for _, at in expected]}
    return [(row.task_id, row.at, row.name) for row in await connection.execute(MISSING, asked)]


async def runs_ended(connection: AsyncConnection, *, since: datetime, until: datetime, most: int) -> list[RunRow]:
    """Return the first runs that ended within a span."""
    rows = await connection.execute(RUNS_ENDED, {"since": since, "until": until, "most": most})
    return [read_run(row) for row in rows]


async def names(connection: AsyncConnection, task_ids: Sequence[int]) -> Mapping[int, str]:
    """Return the names of tasks."""
    return {row.id: row.name for row in await connection.execute(NAMES, {"ids": list(task_ids)})}


GRACE = timedelta(minutes=2)
"""An occurrence this young may still be on its way."""
