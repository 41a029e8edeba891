"""Deletes tasks, and purges their rows later."""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.schema import TASK_DEPENDENCIES, TASKS
from backend.faults.batch import process_batch
from backend.faults.model import set_aside
from backend.faults.store import set_aside_ids, store_faults
from backend.runs.cancel import cancel_runs_of_tasks
from backend.runs.model import RunChange
from backend.runs.outbox import publish
from backend.runs.permissions import check_folder
from backend.runs.refusals import task_not_found
from backend.runs.retention import delete_runs, runs_set_aside
from backend.tasks.change import check_unchanged
from backend.tasks.model import lock_task
from shared.access import Access
from shared.enums import EventType, Permission
from shared.errors import ConflictError

RUNS_OF_DELETED = text(
    """
    select r.id from runs r join tasks t on t.id = r.task_id
    where t.deleted_at <= now() and r.status not in ('dispatched', 'running')
        and r.id <> all(cast(:set_aside as bigint[]))
    limit :batch
    """
)
DELETED_WITHOUT_RUNS = text(
    """
    select id from tasks where deleted_at <= now() and not exists (select from runs where runs.task_id = tasks.id)
        and id <> all(cast(:set_aside as bigint[]))
    limit :batch
    """
)
# From the index task_dependencies_upstream and the primary key of tasks.
DEPENDENTS = text(
    """
    select d.upstream_id, d.task_id from task_dependencies d join tasks t on t.id = d.task_id
    where d.upstream_id = any(cast(:ids as bigint[])) and t.deleted_at is null
    """
)
# By the primary keys of tasks and task_dependencies.
MARK_DELETED = text(
    """
    update tasks set deleted_at = now(), next_occurrence_at = null, next_run_at = null, updated_at = now()
    where id = any(cast(:ids as bigint[]))
    """
)
REMOVE_DEPENDENCIES = text("delete from task_dependencies where task_id = any(cast(:ids as bigint[]))")
# By the primary key.
PURGE_TASKS = text("delete from tasks where id = any(cast(:ids as bigint[]))")
_STORED_TASK = "stored task"
"""What the fault of a task is about that cannot be deleted."""


async def delete_task(context: ServiceContext, task_id: int, *, if_match: str | None, actor: Actor) -> None:
    """Delete a task and cancel its runs; raises `ConflictError` if other tasks depend on it."""
    async with context.database.transaction() as connection:
        task = await lock_task(connection, task_id)
        check_folder(actor.access, task.folder, Permission.EDIT, hidden=task_not_found(task_id))
        check_unchanged(task, if_match)
        dependents = await _dependents_of(connection, task_id, actor.access)
        if dependents:
            verb = "depends" if len(dependents) == 1 else "depend"
            raise ConflictError(
                f"{task.name} cannot be deleted: {', '.join(dependents)} {verb} on it. Remove those dependencies first."
            )
        changes = await delete_tasks(connection, [task_id])
        await audit.record(
            connection,
            actor=actor,
            action="task.delete",
            object_type="task",
            object_id=task_id,
            object_name=task.name,
        )
    publish(context, changes)
    context.events.publish(EventType.TASK_DELETED, [{"id": task.id, "name": task.name, "folder": task.folder}])


async def delete_tasks(connection: AsyncConnection, task_ids: Sequence[int]) -> list[RunChange]:
    """Delete locked tasks on which no other task depends, and cancel their runs; return what became of those."""
    changes = await cancel_runs_of_tasks(connection, task_ids, reason="its task was deleted")
    await _mark_deleted(connection, task_ids)
    return changes


async def dependents_of(connection: AsyncConnection, task_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return the ids of the tasks that depend on each of some tasks, where there are any."""
    found: dict[int, list[int]] = {}
    for upstream_id, task_id in await connection.execute(DEPENDENTS, {"ids": list(task_ids)}):
        found.setdefault(upstream_id, []).append(task_id)
    return found


async def purge_deleted(connection: AsyncConnection, *, batch: int) -> int:
    """Remove up to `batch` runs of deleted tasks, then tasks without runs; return the number of removed rows.

    A run that a worker still has remains until it ends.
    """
    values = {"batch": batch, "set_aside": await runs_set_aside(connection)}
    run_ids = list((await connection.execute(RUNS_OF_DELETED, values)).scalars())
    return await delete_runs(connection, run_ids) or await _purge_tasks(connection, batch=batch)


async def _purge_tasks(connection: AsyncConnection, *, batch: int) -> int:
    """Remove up to `batch` deleted tasks without runs; one that PostgreSQL does not let go is set aside."""

    async def purge(ids: Sequence[int]) -> None:
        await connection.execute(PURGE_TASKS, {"ids": list(ids)})

    ids_set_aside = [int(task_id) for task_id in await set_aside_ids(connection, _STORED_TASK)]
    values = {"batch": batch, "set_aside": ids_set_aside}
    task_ids = list((await connection.execute(DELETED_WITHOUT_RUNS, values)).scalars())
    refused = await process_batch(connection, task_ids, purge)
    await store_faults(
        connection,
        [
            set_aside(
                _STORED_TASK,
                task_id,
                cause=error,
                next_step="It was deleted, and its row stays. Remove the trigger or the reference, then: "
                "taskdeck faults retry",
            )
            for task_id, error in refused
        ],
    )
    return len(task_ids) - len(refused)


async def _dependents_of(connection: AsyncConnection, task_id: int, access: Access) -> list[str]:
    """Return the names of the tasks that depend on a task, and the number of those that a user may not read."""
    query = (
        select(TASKS.c.name, TASKS.c.folder)
        .join(TASK_DEPENDENCIES, TASK_DEPENDENCIES.c.task_id == TASKS.c.id)
        .where(TASK_DEPENDENCIES.c.upstream_id == task_id, TASKS.c.deleted_at.is_(None))
        .order_by(TASKS.c.name)
    )
    rows = (await connection.execute(query)).all()
    names = [row.name for row in rows if access.permits(row.folder, Permission.READ)]
    hidden = len(rows) - len(names)
    return names + ([f"{hidden} task{'s' if hidden > 1 else ''} that you may not read"] if hidden else [])


async def _mark_deleted(connection: AsyncConnection, task_ids: Sequence[int]) -> None:
    """Hide tasks and remove them from the schedule; their rows are purged later."""
    ids = {"ids": list(task_ids)}
    await connection.execute(MARK_DELETED, ids)
    await connection.execute(REMOVE_DEPENDENCIES, ids)
