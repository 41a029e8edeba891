"""Changes tasks: replace, patch, pause and resume. A task that is moved is edited in both folders."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.schema import TASKS
from backend.events.wakes import WakeReason
from backend.runs.permissions import check_folder
from backend.runs.refusals import task_not_found
from backend.scheduling.reschedule import reschedule
from backend.scheduling.set_aside import UnreadableSchedule
from backend.tasks.changed_values import change_detail
from backend.tasks.checks import check_executor, check_has_future, check_jitter, checked_fields
from backend.tasks.dependencies import check_upstreams, lock_dependencies, set_dependencies
from backend.tasks.model import columns_of, fields_of, lock_task, read_task
from backend.tasks.references import check_names
from backend.tasks.versions import record_version
from shared.enums import EventType, Permission, TaskStatus
from shared.errors import ConflictError, FieldError, PreconditionFailedError, ValidationFailedError
from shared.models.task import TASK_FIELD_NAMES, Task, TaskFields

DECIDE_WHEN_DUE = frozenset(
    {
        "name",
        "status",
        "schedule",
        "timezone",
        "jitter_seconds",
        "starts_at",
        "ends_at",
        "calendar",
        "calendar_policy",
        "blackouts",
    }
)
"""A change of any other field leaves an occurrence that is due as it is. The name counts: H spreads by it."""


async def replace_task(
    context: ServiceContext, task_id: int, fields: TaskFields, *, if_match: str | None, actor: Actor
) -> Task:
    """Replace all fields of a task."""
    return await _change(context, task_id, fields.model_dump(), if_match=if_match, actor=actor, action="update")


async def patch_task(
    context: ServiceContext, task_id: int, changes: Mapping[str, Any], *, if_match: str | None, actor: Actor
) -> Task:
    """Change some fields of a task."""
    return await _change(context, task_id, changes, if_match=if_match, actor=actor, action="update")


async def pause_task(context: ServiceContext, task_id: int, *, actor: Actor, reason: str | None = None) -> Task:
    """Pause a task's schedule: no occurrence is due while it is paused."""
    paused = {"status": TaskStatus.PAUSED}
    return await _change(context, task_id, paused, if_match=None, actor=actor, action="pause", reason=reason)


async def resume_task(context: ServiceContext, task_id: int, *, actor: Actor) -> Task:
    """Resume a task's schedule from now on."""
    active = {"status": TaskStatus.ACTIVE}
    return await _change(context, task_id, active, if_match=None, actor=actor, action="resume")


async def _change(
    context: ServiceContext,
    task_id: int,
    changes: Mapping[str, Any],
    *,
    if_match: str | None,
    actor: Actor,
    action: str,
    reason: str | None = None,
) -> Task:
    async with context.database.transaction() as connection:
        if "depends_on" in changes:
            await lock_dependencies(connection)
        before = await lock_task(connection, task_id)
        check_folder(actor.access, before.folder, Permission.EDIT, hidden=task_not_found(task_id))
        check_unchanged(before, if_match)
        was = fields_of(before)
        fields = checked_fields(was.model_dump() | dict(changes))
        if fields == was:
            return before
        actor.access.require(fields.folder, Permission.EDIT)
        check_executor(fields, context.executors)
        check_jitter(fields)
        await check_names(connection, fields)
        if fields.name != was.name and await _name_is_taken(connection, fields.name, except_for=task_id):
            raise name_taken(fields.name)
        if fields.depends_on != was.depends_on:
            await check_upstreams(connection, fields, access=actor.access, task_id=task_id, former=was.depends_on)
            await set_dependencies(connection, {task_id: fields.depends_on})
        version = await _update(connection, task_id, fields)
        await record_version(connection, task_id, version, fields, changed_by=actor.name)
        changed = sorted(name for name in TASK_FIELD_NAMES if getattr(fields, name) != getattr(was, name))
        if "status" in changed:
            await _set_paused_reason(connection, task_id, reason)
        if DECIDE_WHEN_DUE.intersection(changed):
            check_evaluated(await reschedule(connection, [task_id], settings=context.settings, keeps_due=True))
        await audit.record(
            connection,
            actor=actor,
            action=f"task.{action}",
            object_type="task",
            object_id=task_id,
            object_name=fields.name,
            detail=change_detail(was, fields, changed) | ({"reason": reason} if reason else {}),
        )
        task = await read_task(connection, task_id)
        if "schedule" in changed:
            check_has_future(fields, task.next_run_at)
    context.signals.wake(WakeReason.SCHEDULES_CHANGED, task_ids={task_id})
    context.events.publish(EventType.TASK_UPDATED, [updated_event(task, former_folder=was.folder)])
    return task


def updated_event(task: Task, *, former_folder: str) -> Task | Mapping[str, Any]:
    """Return the data of a changed task's event; where it was moved, with the folder that it left."""
    shown = task.masked()
    return shown if task.folder == former_folder else shown.model_dump(mode="json") | {"moved_from": former_folder}


def check_unchanged(task: Task, if_match: str | None) -> None:
    """Raise `PreconditionFailedError` if a task is at another version than the `If-Match` header names."""
    if if_match is None or if_match == "*":
        return
    accepted = {tag.strip().removeprefix("W/") for tag in if_match.split(",")}
    if task.etag not in accepted:
        raise PreconditionFailedError(f"{task.name} has changed since you read it; reload it and repeat your change.")


def name_taken(name: str) -> ConflictError:
    """Return the error for a name that another task has."""
    return ConflictError(
        f"Another task is named {name!r}; choose another name.",
        errors=[FieldError("name", "is taken by another task")],
    )


def check_evaluated(unreadable: Sequence[UnreadableSchedule]) -> None:
    """Raise `ValidationFailedError` for a schedule that cannot be evaluated."""
    for one in unreadable:
        raise ValidationFailedError.of("schedule", one.reason)


async def _name_is_taken(connection: AsyncConnection, name: str, *, except_for: int) -> bool:
    query = select(TASKS.c.id).where(TASKS.c.name == name, TASKS.c.deleted_at.is_(None), TASKS.c.id != except_for)
    return (await connection.execute(query)).first() is not None


async def _update(connection: AsyncConnection, task_id: int, fields: TaskFields) -> int:
    """Store a task's fields and return its new version."""
    statement = (
        update(TASKS)
        .where(TASKS.c.id == task_id)
        .values(**columns_of(fields), version=TASKS.c.version + 1, updated_at=func.now())
        .returning(TASKS.c.version)
    )
    version: int = (await connection.execute(statement)).scalar_one()
    return version


async def _set_paused_reason(connection: AsyncConnection, task_id: int, reason: str | None) -> None:
    """Store why the backend paused a task; None if a person did, or if it is active."""
    await connection.execute(update(TASKS).where(TASKS.c.id == task_id).values(paused_reason=reason))
