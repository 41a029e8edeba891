"""The audit log: who did what to which object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.database.paging import fetch_page
from backend.database.schema import AUDIT_LOG
from backend.pages import PagePosition, PageRequest
from shared.models.system import AuditEntry


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
    """Record a change in the transaction that makes it."""
    await connection.execute(
        insert(AUDIT_LOG).values(
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
    """Record the same change of several objects, given as (id, name), in one statement."""
    entries = [(object_id, name, detail) for object_id, name in objects]
    await record_each(connection, actor=actor, action=action, object_type=object_type, objects=entries)


async def record_each(
    connection: AsyncConnection,
    *,
    actor: str,
    action: str,
    object_type: str,
    objects: Sequence[tuple[int, str, Mapping[str, Any]]],
) -> None:
    """Record an entry for each of several objects, given as (id, name, detail), in one statement."""
    if not objects:
        return
    await connection.execute(
        insert(AUDIT_LOG),
        [
            {
                "actor": actor,
                "action": action,
                "object_type": object_type,
                "object_id": str(object_id),
                "object_name": name,
                "detail": dict(detail),
            }
            for object_id, name, detail in objects
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries; None is any. `action` is one action, or a prefix such as `task.`; `q` is part of a name."""

    actor: str | None = None
    action: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    q: str | None = None


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    columns = AUDIT_LOG.c
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (columns.actor, wanted.actor),
        (columns.object_type, wanted.object_type),
        (columns.object_id, wanted.object_id),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.action is not None:
        is_kind = wanted.action.endswith(".")
        action = columns.action
        found.append(action.startswith(wanted.action, autoescape=True) if is_kind else action == wanted.action)
    if wanted.since is not None:
        found.append(columns.at >= wanted.since)
    if wanted.until is not None:
        found.append(columns.at < wanted.until)
    if wanted.q is not None:
        names = (columns.object_name, columns.actor, columns.action)
        found.append(or_(*(name.icontains(wanted.q, autoescape=True) for name in names)))
    return found


async def read_log(
    context: ServiceContext, page: PageRequest, wanted: AuditFilter
) -> tuple[list[AuditEntry], PagePosition]:
    """Return one page of the audit log, newest first, from the primary key; the filter applies along the way."""
    async with context.database.transaction() as connection:
        return await fetch_page(
            connection,
            select(*AUDIT_LOG.c).where(*_conditions(wanted)),
            read=_read_entry,
            row_id=AUDIT_LOG.c.id,
            sortable={"id": AUDIT_LOG.c.id},
            default_sort="-id",
            page=page,
        )


def _read_entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry.model_validate(row, from_attributes=True)
