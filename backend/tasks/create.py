"""Creates tasks."""

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.schema import TASKS
from backend.events.wakes import WakeReason
from backend.scheduling.reschedule import reschedule
from backend.tasks.change import check_evaluated, name_taken
from backend.tasks.checks import check_executor, check_has_future, check_jitter
from backend.tasks.dependencies import check_upstreams, lock_dependencies, set_dependencies
from backend.tasks.model import columns_of, read_task
from backend.tasks.references import check_names
from backend.tasks.versions import record_version
from shared.enums import EventType, Permission
from shared.models.task import Task, TaskFields


async def create_task(context: ServiceContext, fields: TaskFields, *, actor: Actor) -> Task:
    """Create a task; raises `ForbiddenError`, and `ConflictError` if another task has its name."""
    actor.access.require(fields.folder, Permission.EDIT)
    check_executor(fields, context.executors)
    check_jitter(fields)
    async with context.database.transaction() as connection:
        await check_names(connection, fields)
        if fields.depends_on:
            await lock_dependencies(connection)
            await check_upstreams(connection, fields, access=actor.access)
        task_id = await _insert(connection, fields)
        if task_id is None:
            raise name_taken(fields.name)
        await record_version(connection, task_id, 1, fields, changed_by=actor.name)
        if fields.depends_on:
            await set_dependencies(connection, {task_id: fields.depends_on})
        check_evaluated(await reschedule(connection, [task_id], settings=context.settings, keeps_due=False))
        await audit.record(
            connection,
            actor=actor,
            action="task.create",
            object_type="task",
            object_id=task_id,
            object_name=fields.name,
        )
        task = await read_task(connection, task_id)
        check_has_future(fields, task.next_run_at)
    if task.next_run_at is not None:
        context.signals.wake(WakeReason.SCHEDULES_CHANGED)
    context.events.publish(EventType.TASK_CREATED, [task.masked()])
    return task


async def _insert(connection: AsyncConnection, fields: TaskFields) -> int | None:
    """Insert a task as version 1 and return its id, or None if its name is taken."""
    statement = (
        insert(TASKS)
        .values(**columns_of(fields), version=1, created_at=func.now(), updated_at=func.now())
        .on_conflict_do_nothing()
        .returning(TASKS.c.id)
    )
    task_id: int | None = (await connection.execute(statement)).scalar_one_or_none()
    return task_id
