"""Deletes tasks, and purges their rows later."""

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.schema import TASK_DEPENDENCIES, TASKS
from backend.runs.cancel import cancel_runs_of_tasks
from backend.runs.outbox import publish
from backend.tasks.change import check_unchanged
from backend.tasks.model import lock_task
from shared.enums import EventType
from shared.errors import ConflictError

PURGE_RUNS = text(
    """
    with gone as (
        delete from runs where id in (
            select r.id from runs r join tasks t on t.id = r.task_id
            where t.deleted_at <= now() and r.status not in ('dispatched', 'running')
            limit :batch)
        returning id
    ), logs as (
        delete from log_chunks where run_id in (select id from gone)
    )
    select count(*) from gone
    """
)
PURGE_TASKS = text(
    """
    delete from tasks where deleted_at <= now() and not exists (select from runs where runs.task_id = tasks.id)
    """
)


async def delete_task(context: ServiceContext, task_id: int, *, if_match: str | None, actor: Actor) -> None:
    """Delete a task and cancel its runs; raises `ConflictError` if other tasks depend on it."""
    async with context.database.transaction() as connection:
        task = await lock_task(connection, task_id)
        check_unchanged(task, if_match)
        dependents = await _dependents_of(connection, task_id)
        if dependents:
            verb = "depends" if len(dependents) == 1 else "depend"
            raise ConflictError(
                f"{task.name} cannot be deleted: {', '.join(dependents)} {verb} on it. Remove those dependencies first."
            )
        changes = await cancel_runs_of_tasks(connection, [task_id], reason="its task was deleted")
        await _mark_deleted(connection, task_id)
        await audit.record(
            connection,
            actor=actor.name,
            action="task.delete",
            object_type="task",
            object_id=task_id,
            object_name=task.name,
        )
    publish(context, changes)
    context.events.publish(EventType.TASK_DELETED, [{"id": task.id, "name": task.name}])


async def purge_deleted(connection: AsyncConnection, *, batch: int) -> int:
    """Remove up to `batch` runs of deleted tasks, then tasks without runs; return the number of removed rows.

    A run that a worker still has remains until it ends.
    """
    removed: int = (await connection.execute(PURGE_RUNS, {"batch": batch})).scalar_one()
    if removed == 0:
        removed = (await connection.execute(PURGE_TASKS)).rowcount
    return removed


async def _dependents_of(connection: AsyncConnection, task_id: int) -> list[str]:
    """Return the names of the tasks that depend on a task."""
    query = (
        select(TASKS.c.name)
        .join(TASK_DEPENDENCIES, TASK_DEPENDENCIES.c.task_id == TASKS.c.id)
        .where(TASK_DEPENDENCIES.c.upstream_id == task_id, TASKS.c.deleted_at.is_(None))
        .order_by(TASKS.c.name)
    )
    return list((await connection.execute(query)).scalars())


async def _mark_deleted(connection: AsyncConnection, task_id: int) -> None:
    """Hide a task and remove it from the schedule; its rows are purged later."""
    await connection.execute(
        update(TASKS)
        .where(TASKS.c.id == task_id)
        .values(deleted_at=func.now(), next_occurrence_at=None, next_run_at=None, updated_at=func.now())
    )
    await connection.execute(delete(TASK_DEPENDENCIES).where(TASK_DEPENDENCIES.c.task_id == task_id))
