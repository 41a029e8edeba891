"""Outcomes that alerts examine: each is taken once, in the transaction that stores what follows from it."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.alerts.model import Outcome, WatchedTask
from backend.runs.of_task import newest_first, runs_of
from shared.enums import RunStatus, TaskStatus

# The oldest outcomes, from the primary key. Those of deleted tasks are removed and not returned.
TAKE = text(
    """
    with taken as (
        delete from outcomes_to_examine where run_id in (
            select run_id from outcomes_to_examine order by run_id limit :most for update skip locked)
        returning run_id
    )
    select r.id, r.task_id, r.status, r.error, t.name, t.folder, t.labels, t.pause_after_failures,
        t.status as task_status
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
CLEAR_FAILURES = text("delete from failing_tasks where task_id = :task_id")
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

TASKS = text(
    """
    select id, name, folder, labels from tasks where id = any(cast(:task_ids as bigint[])) and deleted_at is null
    """
)


async def take_outcomes(connection: AsyncConnection, *, most: int) -> list[Outcome]:
    """Take the oldest outcomes; they stay if the transaction does not commit."""
    return [
        Outcome(
            run_id=row.id,
            task=WatchedTask(row.task_id, row.name, row.folder, row.labels),
            status=RunStatus(row.status),
            error=row.error,
            pause_after_failures=row.pause_after_failures,
            is_task_active=row.task_status == TaskStatus.ACTIVE,
        )
        for row in await connection.execute(TAKE, {"most": most})
    ]


async def count_failure(connection: AsyncConnection, task_id: int) -> None:
    """Record that a task has failed and has not succeeded since."""
    await connection.execute(COUNT_FAILURE, {"task_id": task_id})


async def clear_failures(connection: AsyncConnection, task_id: int) -> None:
    """Record that a task has succeeded."""
    await connection.execute(CLEAR_FAILURES, {"task_id": task_id})


async def failing_tasks(connection: AsyncConnection, task_ids: Iterable[int]) -> set[int]:
    """Return those of the tasks that have failed and have not succeeded since."""
    return set((await connection.execute(FAILING, {"task_ids": sorted(task_ids)})).scalars())


async def newest_failures(connection: AsyncConnection, task_id: int, *, most: int) -> list[bool]:
    """Return whether each of the newest outcomes of a task is a failure, since it was saved or resumed."""
    return list((await connection.execute(NEWEST, {"task_id": task_id, "most": most})).scalars())


async def read_tasks(connection: AsyncConnection, task_ids: Iterable[int]) -> list[WatchedTask]:
    """Return those of the tasks that are not deleted."""
    rows = await connection.execute(TASKS, {"task_ids": sorted(task_ids)})
    return [WatchedTask(row.id, row.name, row.folder, row.labels) for row in rows]
