"""Outcomes that alerts and pauses look at: kept with the outcome, removed with what follows from it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.of_task import newest_first, runs_of

EXAMINE = """
    , examined as (
        insert into outcomes_to_examine (run_id, task_id)
        select o.id, o.task_id from {outcomes} o
        where o.fan_out_run_id is null and (o.status in ('failed', 'timed_out')
            or (o.status = 'succeeded' and exists (select from failing_tasks f where f.task_id = o.task_id)))
        on conflict (run_id) do nothing
    )
"""
"""Follows the part of a statement that names the runs which got an outcome: failures, and successes after them."""

TAKE = text(
    """
    with taken as (
        delete from outcomes_to_examine where run_id in (
            select run_id from outcomes_to_examine order by run_id limit :most for update skip locked)
        returning run_id
    )
    select r.id, r.task_id, r.status, r.error, t.name, t.folder, t.labels, t.pause_after_failures,
        t.status as task_status, now() as now
    from taken k join runs r on r.id = k.run_id join tasks t on t.id = r.task_id
    where t.deleted_at is null order by r.completed_at, r.id
    """
)

COUNT_FAILURE = text(
    """
    insert into failing_tasks (task_id, failures) values (:task_id, 1)
    on conflict (task_id) do update set failures = failing_tasks.failures + 1
    """
)

WELL_AGAIN = text("delete from failing_tasks where task_id = :task_id")

FAILING = text("select task_id from failing_tasks where task_id = any(cast(:task_ids as bigint[]))")

# The newest outcomes of a task since its schedule was saved or resumed, from the index runs_by_task.
NEWEST = text(
    f"""
    select r.status in ('failed', 'timed_out') as failed from runs r join tasks t on t.id = r.task_id
    where {runs_of("cast(:task_id as bigint)")} and r.fan_out_run_id is null
        and r.status in ('succeeded', 'failed', 'timed_out')
        and r.completed_at > coalesce(t.schedule_since, t.created_at)
    order by {newest_first()} limit :most
    """  # noqa: S608
)

MISSED = "missed"
"""The reason of a trouble: occurrences passed while nothing dispatched, and no run makes up for them."""

_DUE = "least(r.queued_at, r.scheduled_for + t.jitter_seconds * interval '1 second')"
_LATE = "t.late_after_seconds * interval '1 second'"

# Tasks in trouble by what they are, not by an outcome: slow runs, occurrences that did not start, or whose newest began
# late (from the index runs_occurrence), or that were missed and left out (from the index tasks_missed), stopped
# schedules.
TROUBLED = text(
    f"""
    select 'slow' as condition, t.id as task_id, r.id as run_id, t.name, t.folder, t.labels,
        t.expected_duration_seconds as seconds, null as reason
    from tasks t join runs r on r.task_id = t.id and r.status in ('dispatched', 'running') and r.fan_out_run_id is null
    where t.expected_duration_seconds is not null and t.deleted_at is null
        and r.started_at < now() - t.expected_duration_seconds * interval '1 second'
    union all
    select 'late', t.id, r.id, t.name, t.folder, t.labels, t.late_after_seconds, null
    from tasks t join runs r on r.task_id = t.id and r.status in ('blocked', 'pending') and r.trigger = 'schedule'
    where t.late_after_seconds is not null and t.deleted_at is null
        and {_DUE} < now() - {_LATE}
    union all
    select 'late', t.id, r.id, t.name, t.folder, t.labels, t.late_after_seconds, null
    from tasks t cross join lateral (
        select * from runs n where n.task_id = t.id and n.trigger = 'schedule'
        order by n.scheduled_for desc limit 1) r
    where t.late_after_seconds is not null and t.deleted_at is null and t.status = 'active'
        and r.started_at - {_DUE} > {_LATE}
    union all
    select 'late', t.id, null, t.name, t.folder, t.labels, t.late_after_seconds, null
    from tasks t
    where t.late_after_seconds is not null and t.deleted_at is null
        and t.next_run_at < now() - {_LATE}
    union all
    select 'late', t.id, null, t.name, t.folder, t.labels, t.late_after_seconds, '{MISSED}'
    from tasks t
    where t.missed_at is not null and t.late_after_seconds is not null and t.deleted_at is null
        and t.status = 'active'
    union all
    select 'paused', t.id, null, t.name, t.folder, t.labels, null, t.paused_reason
    from tasks t where t.paused_reason is not null and t.status = 'paused' and t.deleted_at is null
    """  # noqa: S608
)

# What a task missed is over once a run for a later time was given to a worker, by its schedule or by hand.
MISSED_NO_MORE = text(
    f"""
    update tasks set missed_at = null
    from (
        select t.id from tasks t cross join lateral (
            select coalesce(n.scheduled_for, n.queued_at) as at from runs n
            where {runs_of("t.id", runs="n")} and n.fan_out_run_id is null and n.trigger <> 'backfill'
                and n.first_dispatched_at is not null
            order by {newest_first("n")} limit 1) newest
        where t.missed_at is not null and newest.at > t.missed_at
    ) again
    where tasks.id = again.id
    """  # noqa: S608
)

TASKS = text(
    """
    select id, name, folder, labels from tasks where id = any(cast(:task_ids as bigint[])) and deleted_at is null
    """
)


async def take(connection: AsyncConnection, *, most: int) -> Sequence[RowMapping]:
    """Take outcomes to examine, oldest first; they come back if the transaction does not commit."""
    return (await connection.execute(TAKE, {"most": most})).mappings().all()


async def count_failure(connection: AsyncConnection, task_id: int) -> None:
    """Remember that a task fails."""
    await connection.execute(COUNT_FAILURE, {"task_id": task_id})


async def well_again(connection: AsyncConnection, task_id: int) -> None:
    """Forget that a task failed."""
    await connection.execute(WELL_AGAIN, {"task_id": task_id})


async def failing(connection: AsyncConnection, task_ids: Iterable[int]) -> set[int]:
    """Return those of the tasks that failed and have not succeeded since."""
    return set((await connection.execute(FAILING, {"task_ids": sorted(task_ids)})).scalars())


async def newest_failed(connection: AsyncConnection, task_id: int, *, most: int) -> list[bool]:
    """Return, newest first, whether a task's outcomes since it was saved or resumed are failures."""
    return list((await connection.execute(NEWEST, {"task_id": task_id, "most": most})).scalars())


async def troubled(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Return the tasks that are slow, late, or stopped: condition, task_id, run_id, name, folder, labels, …"""
    return (await connection.execute(TROUBLED)).mappings().all()


async def forget_missed(connection: AsyncConnection) -> None:
    """Forget what tasks missed that have since run for a later time."""
    await connection.execute(MISSED_NO_MORE)


async def tasks_named(connection: AsyncConnection, task_ids: Iterable[int]) -> dict[int, RowMapping]:
    """Return id, name, folder and labels of those of the tasks that are there."""
    rows = await connection.execute(TASKS, {"task_ids": sorted(task_ids)})
    return {row["id"]: row for row in rows.mappings()}
