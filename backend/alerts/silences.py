"""Silences: no alert is sent for a task or a folder for a while."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import func

from backend import audit
from backend.context import SYSTEM, Actor, ServiceContext
from backend.database.clock import check_is_future
from backend.database.folder_conditions import in_folders
from backend.database.schema import ALERT_SILENCES, TASKS
from backend.faults.model import set_aside
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from backend.runs.permissions import check_task
from backend.runs.refusals import task_not_found
from shared.access import FULL_ACCESS, Access
from shared.enums import Permission
from shared.errors import NotFoundError, ValidationFailedError
from shared.models.alert import Silence, SilenceFields

# By the primary key of tasks; a task that was deleted has none.
_SILENCES = select(ALERT_SILENCES, TASKS.c.name.label("task_name")).outerjoin(
    TASKS, and_(TASKS.c.id == ALERT_SILENCES.c.task_id, TASKS.c.deleted_at.is_(None))
)


async def list_silences(context: ServiceContext, *, access: Access) -> list[Silence]:
    """Return the silences that have not ended, of folders and tasks that a user may read."""
    async with context.database.transaction() as connection:
        return await read_silences(connection, active_only=False, access=access)


async def add_silence(context: ServiceContext, fields: SilenceFields, *, actor: Actor) -> Silence:
    """Add a silence, which begins now if no time is given.

    Raises `ForbiddenError` without the permission edit, `NotFoundError` for a task that does not exist, and
    `ValidationFailedError` if it has ended already.
    """
    if fields.starts_at is not None and fields.ends_at <= fields.starts_at:
        raise ValidationFailedError.of("ends_at", "must be after starts_at")
    values: dict[str, Any] = fields.model_dump(exclude={"starts_at"}) | {"created_by": actor.name}
    values["starts_at"] = fields.starts_at or func.now()
    async with context.database.transaction() as connection:
        await _check_permitted(connection, fields.folder, fields.task_id, actor.access)
        await check_is_future(connection, ends_at=fields.ends_at)
        added = insert(ALERT_SILENCES).values(**values).returning(ALERT_SILENCES.c.id)
        silence_id = (await connection.execute(added)).scalar_one()
        row = await connection.execute(_SILENCES.where(ALERT_SILENCES.c.id == silence_id))
        silence = Silence.model_validate(dict(row.mappings().one()))
        if silence.task_id is not None and silence.task_name is None:
            raise task_not_found(silence.task_id)
        await _record(connection, actor, "add", silence.id)
    return silence


async def end_silence(context: ServiceContext, silence_id: int, *, actor: Actor) -> None:
    """End a silence now; raises `NotFoundError`, and `ForbiddenError` without the permission edit."""
    is_current = (ALERT_SILENCES.c.id == silence_id, ALERT_SILENCES.c.ends_at > func.now())
    async with context.database.transaction() as connection:
        ended = await connection.execute(
            update(ALERT_SILENCES).where(*is_current).values(ends_at=func.now()).returning(ALERT_SILENCES)
        )
        row = ended.one_or_none()
        hidden = NotFoundError(f"Silence {silence_id} does not exist or has ended.")
        if row is None:
            raise hidden
        await _check_permitted(connection, row.folder, row.task_id, actor.access, hidden=hidden)
        await _record(connection, actor, "end", silence_id)


async def end_recovered(connection: AsyncConnection, silence_ids: Collection[int]) -> None:
    """End silences whose tasks have recovered."""
    if not silence_ids:
        return
    await connection.execute(
        update(ALERT_SILENCES).where(ALERT_SILENCES.c.id.in_(silence_ids)).values(ends_at=func.now())
    )
    for silence_id in silence_ids:
        await _record(connection, SYSTEM, "end", silence_id)


async def read_silences(
    connection: AsyncConnection, *, active_only: bool, access: Access = FULL_ACCESS
) -> list[Silence]:
    """Return the silences that have not ended, or those that have also begun; for a user, those that they may read."""
    query = _SILENCES.where(ALERT_SILENCES.c.ends_at > func.now())
    if active_only:
        query = query.where(ALERT_SILENCES.c.starts_at <= func.now())
    if not access.reads_all:
        tasks = select(TASKS.c.id).where(in_folders(TASKS.c.folder, access), TASKS.c.deleted_at.is_(None))
        is_of_folder = and_(ALERT_SILENCES.c.task_id.is_(None), in_folders(ALERT_SILENCES.c.folder, access))
        query = query.where(or_(is_of_folder, ALERT_SILENCES.c.task_id.in_(tasks)))
    rows = await connection.execute(query.order_by(ALERT_SILENCES.c.ends_at))
    found, faults = read_each(
        rows.mappings(),
        lambda row: Silence.model_validate(dict(row)),
        fault=lambda row, error: set_aside(
            "alert silence", row["id"], cause=error, next_step="It silences nothing. End it, and add another one."
        ),
    )
    await store_faults(connection, faults)
    return found


async def _check_permitted(
    connection: AsyncConnection,
    folder: str,
    task_id: int | None,
    access: Access,
    *,
    hidden: NotFoundError | None = None,
) -> None:
    """Raise `ForbiddenError` unless a user may silence a task or, without one, a folder.

    Raises `hidden`, or that the task does not exist, where they may not read it.
    """
    if task_id is None:
        if hidden is not None and not access.permits(folder, Permission.READ):
            raise hidden
        access.require(folder, Permission.EDIT)
        return
    try:
        await check_task(connection, task_id, access, Permission.EDIT)
    except NotFoundError as error:
        raise hidden or error from error


async def _record(connection: AsyncConnection, actor: Actor, action: str, silence_id: int) -> None:
    await audit.record(
        connection,
        actor=actor,
        action=f"alert_silence.{action}",
        object_type="alert_silence",
        object_id=silence_id,
    )
