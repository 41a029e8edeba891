"""When tasks are due: what is stored of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.of_task import newest_first, runs_of

_TIMING_COLUMNS = """
    t.id, t.name, t.schedule, t.timezone, t.starts_at, t.ends_at, t.calendar_policy, t.blackouts, t.jitter_seconds,
    t.misfire_policy, t.next_occurrence_at, t.next_run_at, t.schedule_since, t.status,
    c.dates as calendar_dates, c.weekdays as calendar_weekdays, now() as now
"""

NEXT_DUE = text("select next_run_at - now() from tasks where next_run_at is not null order by next_run_at limit 1")

# Due tasks from the index tasks_due; a paused or deleted task has no next_run_at.
DUE_TASKS = text(
    f"""
    select {_TIMING_COLUMNS}, t.version, t.overlap_policy, t.priority, t.task_type, t.worker_labels,
        t.max_concurrency, t.concurrency_group, t.distribution, t.queue_timeout_seconds,
        exists (select from runs where task_id = t.id and status in ('dispatched', 'running')
                and fan_out_run_id is null)
        or exists (select from runs where task_id = t.id and status in ('blocked', 'pending')
                   and fan_out_run_id is null
                   and hold is distinct from 'backfill')
            as is_busy,
        exists (select from runs where task_id = t.id and status in ('blocked', 'pending')
                and trigger = 'schedule' and fan_out_run_id is null) as has_waiting_occurrence,
        exists (select from task_dependencies d where d.task_id = t.id) as has_edges
    from tasks t left join calendars c on c.name = t.calendar
    where t.next_run_at <= now() order by t.next_run_at limit :most
    for update of t skip locked
    """  # noqa: S608
)

TIMED_TASKS = text(
    f"""
    select {_TIMING_COLUMNS} from tasks t left join calendars c on c.name = t.calendar
    where t.id = any(cast(:task_ids as bigint[])) and t.deleted_at is null order by t.id for update of t
    """  # noqa: S608
)

TIMED_TASKS_UNLOCKED = text(
    f"""
    select {_TIMING_COLUMNS} from tasks t left join calendars c on c.name = t.calendar
    where t.id = any(cast(:task_ids as bigint[])) and t.deleted_at is null
    """  # noqa: S608
)

SET_NEXT = text(
    """
    update tasks set next_occurrence_at = n.occurrence, next_run_at = n.due
    from unnest(cast(:task_ids as bigint[]), cast(:occurrences as timestamptz[]), cast(:dues as timestamptz[]))
        as n (task_id, occurrence, due)
    where tasks.id = n.task_id
    """
)

SINCE_NOW = text(
    "update tasks set schedule_since = now(), missed_at = null where id = any(cast(:task_ids as bigint[]))"
)

SET_MISSED = text(
    """
    update tasks set missed_at = m.at
    from unnest(cast(:task_ids as bigint[]), cast(:ats as timestamptz[])) as m (task_id, at)
    where tasks.id = m.task_id and tasks.late_after_seconds is not null
    """
)

# Those that run so long after their last run ended, from the index tasks_following_last_run or by id.
FOLLOWING = text("select id from tasks where schedule like 'after %' and status = 'active' and deleted_at is null")

LAST_ENDS = text(
    f"""
    select {_TIMING_COLUMNS}, ended.at as ended_at
    from tasks t left join calendars c on c.name = t.calendar
    cross join lateral (
        select r.completed_at as at from runs r
        where {runs_of("t.id")} and r.completed_at > t.schedule_since and r.fan_out_run_id is null
        order by {newest_first()} limit 1
    ) ended
    where t.id = any(cast(:task_ids as bigint[])) and t.status = 'active' and t.deleted_at is null
        and t.schedule like 'after %'
        and not exists (select from runs where task_id = t.id and status in ('dispatched', 'running'))
        and not exists (select from runs where task_id = t.id and status in ('blocked', 'pending'))
    for update of t skip locked
    """  # noqa: S608
)


async def next_due(connection: AsyncConnection) -> timedelta | None:
    """Return how long until the next occurrence is due; negative where it is late."""
    delay: timedelta | None = (await connection.execute(NEXT_DUE)).scalar_one_or_none()
    return delay


async def due_tasks(connection: AsyncConnection, *, most: int) -> Sequence[RowMapping]:
    """Return the tasks that are due, locked, with what decides about overlap."""
    return (await connection.execute(DUE_TASKS, {"most": most})).mappings().all()


async def timed_tasks(connection: AsyncConnection, task_ids: Sequence[int]) -> Sequence[RowMapping]:
    """Return what decides when tasks are due, locked; a task without a schedule has None for it."""
    return (await connection.execute(TIMED_TASKS, {"task_ids": list(task_ids)})).mappings().all()


async def read_timed_tasks(connection: AsyncConnection, task_ids: Sequence[int]) -> Sequence[RowMapping]:
    """Return what decides when tasks are due, as it is now."""
    return (await connection.execute(TIMED_TASKS_UNLOCKED, {"task_ids": list(task_ids)})).mappings().all()


async def set_next(connection: AsyncConnection, times: Sequence[tuple[int, datetime | None, datetime | None]]) -> None:
    """Store each task's next nominal occurrence and when it is due, given as (task, occurrence, due)."""
    await connection.execute(
        SET_NEXT,
        {
            "task_ids": [task for task, _, _ in times],
            "occurrences": [occurrence for _, occurrence, _ in times],
            "dues": [due for _, _, due in times],
        },
    )


async def count_since_now(connection: AsyncConnection, task_ids: Sequence[int]) -> None:
    """Remember that the present schedules of tasks count from now: what a former one missed is forgotten."""
    await connection.execute(SINCE_NOW, {"task_ids": list(task_ids)})


async def set_missed(connection: AsyncConnection, missed: Sequence[tuple[int, datetime]]) -> None:
    """Remember the latest occurrence, given as (task, nominal time), that was missed and no run makes up for.

    Of tasks that do not ask to be told of it nothing is kept.
    """
    await connection.execute(SET_MISSED, {"task_ids": [task for task, _ in missed], "ats": [at for _, at in missed]})


async def following_tasks(connection: AsyncConnection) -> frozenset[int]:
    """Return the active tasks whose occurrences follow the end of their last run."""
    return frozenset((await connection.execute(FOLLOWING)).scalars())


async def last_ends(connection: AsyncConnection, task_ids: Sequence[int]) -> Sequence[RowMapping]:
    """Return those of the tasks of which nothing is left to run, with when their last run ended."""
    return (await connection.execute(LAST_ENDS, {"task_ids": list(task_ids)})).mappings().all()
