"""The audit trail: who did what to which object."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.store.paging import PageOfRows, PageRequest, fetch_page
from backend.store.schema import AUDIT_EVENTS
from shared.models.system import AuditEvent


async def record(
    connection: AsyncConnection,
    *,
    actor: str,
    action: str,
    object_type: str,
    object_id: int | str,
    object_name: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record a person's change, in the transaction that makes it."""
    await connection.execute(
        insert(AUDIT_EVENTS).values(
            actor=actor,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            object_name=object_name,
            detail=dict(detail or {}),
        )
    )


async def record_many(
    connection: AsyncConnection,
    *,
    actor: str,
    action: str,
    object_type: str,
    objects: Sequence[tuple[int, str]],
    detail: Mapping[str, Any],
) -> None:
    """Record one change of many objects, given as (id, name): an entry each, in one statement."""
    if not objects:
        return
    await connection.execute(
        insert(AUDIT_EVENTS),
        [
            {
                "actor": actor,
                "action": action,
                "object_type": object_type,
                "object_id": str(object_id),
                "object_name": name,
                "detail": dict(detail),
            }
            for object_id, name in objects
        ],
    )


async def list_events(connection: AsyncConnection, page: PageRequest) -> tuple[list[AuditEvent], PageOfRows]:
    """Return one page of the trail, newest first."""
    found = await fetch_page(
        connection,
        select(*AUDIT_EVENTS.c),
        row_id=AUDIT_EVENTS.c.id,
        sortable={"id": AUDIT_EVENTS.c.id},
        default_sort="-id",
        page=page,
    )
    return [AuditEvent.model_validate(dict(row)) for row in found.rows], found
