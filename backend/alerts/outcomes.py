"""Outcomes that alerts examine: each is taken once, in the transaction that stores what follows from it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.alerts.model import Outcome, WatchedTask
from backend.faults.model import NewFault, set_aside
from backend.faults.reading import read_each
from backend.faults.store import set_aside_ids, store_faults
from backend.runs.of_task import newest_first, runs_of
from shared.enums import RunStatus, TaskStatus

OUTCOME = "outcome"
"""What the fault of an outcome is about: `outcome 7` is that of run 7."""

# The oldest outcomes, from the primary key, without those that are set aside. Those of deleted tasks are removed and
# not returned.
TAKE = text(
    """
    with taken as (
        delete from outcomes_to_examine where run_id in (
            select run_id from outcomes_to_examine where run_id <> all(cast(:set_aside as bigint[]))
            order by run_id limit :most for update skip locked)
        returning run_id
    )
    select r.id, r.task_id, r.status, r.error, t.name, t.folder, t.labels, t.pause_after_failures,
        t.status as task_status
    from taken k join runs r on r.id = k.run_id join tasks t on t.id = r.task_id
    where t.deleted_at is null order by r.completed_at, r.id
    """
)

# The tasks are those of the runs, from the primary keys.
PUT_BACK = text(
    """
    insert into outcomes_to_examine (run_id, task_id)
    select id, task_id from runs where id = any(cast(:run_ids as bigint[])) on conflict do nothing
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
    set_aside_runs = [int(run_id) for run_id in await set_aside_ids(connection, OUTCOME)]
    rows = await connection.execute(TAKE, {"most": most, "set_aside": set_aside_runs})
    found, faults = read_each(rows, _outcome, fault=lambda row, error: _fault(row.id, error))
    await put_back(connection, faults)
    return found


async def put_back(connection: AsyncConnection, faults: Sequence[NewFault]) -> None:
    """Set aside outcomes that were taken and cannot be examined."""
    if faults:
        await store_faults(connection, faults)
        await connection.execute(PUT_BACK, {"run_ids": [int(one.object_id) for one in faults]})


def _fault(run_id: int, error: Exception) -> NewFault:
    return set_aside(
        OUTCOME,
        run_id,
        name=f"of run {run_id}",
        cause=error,
        next_step="It raised no alert. Save the task of the run again, then: taskdeck faults retry",
    )


def unexamined(outcome: Outcome, error: Exception) -> NewFault:
    """Return the fault of an outcome that cannot be examined."""
    return _fault(outcome.run_id, error)


def watched_task(task_id: int, name: str, folder: str, labels: Mapping[str, str]) -> WatchedTask:
    """Return a task; raises ValueError or TypeError if its labels are no mapping."""
    return WatchedTask(task_id, name, folder, dict(labels))


def _outcome(row: Row[Any]) -> Outcome:
    return Outcome(
        run_id=row.id,
        task=watched_task(row.task_id, row.name, row.folder, row.labels),
        status=RunStatus(row.status),
        error=row.error,
        pause_after_failures=row.pause_after_failures,
        is_task_active=row.task_status == TaskStatus.ACTIVE,
    )


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
    found, faults = read_each(
        rows,
        lambda row: watched_task(row.id, row.name, row.folder, row.labels),
        fault=lambda row, error: unwatched(row.id, row.name, error),
    )
    await store_faults(connection, faults)
    return found


def unwatched(task_id: int, name: str, error: Exception) -> NewFault:
    """Return the fault of a task that alerts cannot watch."""
    return set_aside("watched task", task_id, name=name, cause=error, next_step="It raises no alerts. Save it again.")
