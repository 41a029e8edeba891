"""Silences: no alert is sent for a task or a folder for a while."""

from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import func

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.clock import check_is_future
from backend.database.schema import ALERT_SILENCES
from backend.faults.model import set_aside
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from shared.errors import NotFoundError, ValidationFailedError
from shared.models.alert import Silence, SilenceFields


async def list_silences(context: ServiceContext) -> list[Silence]:
    """Return the silences that have not ended."""
    async with context.database.transaction() as connection:
        return await read_silences(connection, active_only=False)


async def add_silence(context: ServiceContext, fields: SilenceFields, *, actor: Actor) -> Silence:
    """Add a silence, which begins now if no time is given; raises `ValidationFailedError` if it has ended already."""
    if fields.starts_at is not None and fields.ends_at <= fields.starts_at:
        raise ValidationFailedError.of("ends_at", "must be after starts_at")
    values: dict[str, Any] = fields.model_dump(exclude={"starts_at"}) | {"created_by": actor.name}
    values["starts_at"] = fields.starts_at or func.now()
    async with context.database.transaction() as connection:
        await check_is_future(connection, ends_at=fields.ends_at)
        rows = await connection.execute(insert(ALERT_SILENCES).values(**values).returning(ALERT_SILENCES))
        silence = Silence.model_validate(dict(rows.mappings().one()))
        await _record(connection, actor, "add", silence.id)
    return silence


async def end_silence(context: ServiceContext, silence_id: int, *, actor: Actor) -> None:
    """End a silence now; raises `NotFoundError`."""
    is_current = (ALERT_SILENCES.c.id == silence_id, ALERT_SILENCES.c.ends_at > func.now())
    async with context.database.transaction() as connection:
        ended = await connection.execute(update(ALERT_SILENCES).where(*is_current).values(ends_at=func.now()))
        if ended.rowcount == 0:
            raise NotFoundError(f"Silence {silence_id} does not exist or has ended.")
        await _record(connection, actor, "end", silence_id)


async def read_silences(connection: AsyncConnection, *, active_only: bool) -> list[Silence]:
    """Return the silences that have not ended, or those that have also begun."""
    query = select(ALERT_SILENCES).where(ALERT_SILENCES.c.ends_at > func.now())
    if active_only:
        query = query.where(ALERT_SILENCES.c.starts_at <= func.now())
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


async def _record(connection: AsyncConnection, actor: Actor, action: str, silence_id: int) -> None:
    await audit.record(
        connection,
        actor=actor,
        action=f"alert_silence.{action}",
        object_type="alert_silence",
        object_id=silence_id,
    )
