"""The audit log: who did what to which object."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import Actor, ServiceContext
from backend.database.paging import fetch_page
from backend.database.schema import AUDIT_LOG
from backend.pages import PagePosition, PageRequest
from backend.request_claim import hold_claim
from shared.enums import Via
from shared.models.system import AuditEntry

_EXPORT_PAGE = 1000

# By the primary key, whose order is nearly that of the time: only the oldest thousand are read.
PURGE = text(
    """
    delete from audit_log where id in (
        select id from (select id, at from audit_log order by id limit 1000) oldest
        where at < now() - cast(:age as interval)
    )
    """
)
RECORD_EACH = text(
    """
    insert into audit_log
        (actor, user_id, token_id, address, request_id, via, action, object_type, object_id, object_name, detail)
    select :actor, cast(:user_id as bigint), cast(:token_id as bigint), :address, :request_id, :via, :action,
        :object_type, e.id, e.name, cast(e.detail as jsonb)
    from unnest(cast(:ids as text[]), cast(:names as text[]), cast(:details as text[])) as e (id, name, detail)
    """
)
MAY_PURGE = text("select has_table_privilege('audit_log', 'delete')")


def origin_values(actor: Actor) -> dict[str, Any]:
    """Return the columns that say who acted, and from where."""
    origin = actor.origin
    return {
        "actor": actor.name,
        "user_id": actor.user_id,
        "token_id": origin.token_id,
        "address": origin.address,
        "request_id": origin.request_id,
        "via": origin.via,
    }


async def record(
    connection: AsyncConnection,
    *,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: int | str,
    object_name: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record a change in the transaction that makes it, and that the request with an Idempotency-Key has made it."""
    await hold_claim(connection, actor)
    await connection.execute(
        insert(AUDIT_LOG).values(
            **origin_values(actor),
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
    actor: Actor,
    action: str,
    object_type: str,
    objects: Sequence[tuple[int, str | None]],
    detail: Mapping[str, Any],
) -> None:
    """Record the same change of several objects, given as (id, name), in one statement."""
    entries = [(object_id, name, detail) for object_id, name in objects]
    await record_each(connection, actor=actor, action=action, object_type=object_type, objects=entries)


async def record_each(
    connection: AsyncConnection,
    *,
    actor: Actor,
    action: str,
    object_type: str,
    objects: Sequence[tuple[int, str | None, Mapping[str, Any]]],
) -> None:
    """Record an entry for each of several objects, given as (id, name, detail), in one statement."""
    if not objects:
        return
    await hold_claim(connection, actor)
    await connection.execute(
        RECORD_EACH,
        {
            **origin_values(actor),
            "action": action,
            "object_type": object_type,
            "ids": [str(object_id) for object_id, _, _ in objects],
            "names": [name for _, name, _ in objects],
            "details": [json.dumps(dict(detail)) for _, _, detail in objects],
        },
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
    user_id: int | None = None
    address: str | None = None
    request_id: str | None = None
    via: Via | None = None


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    columns = AUDIT_LOG.c
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (columns.actor, wanted.actor),
        (columns.object_type, wanted.object_type),
        (columns.object_id, wanted.object_id),
        (columns.user_id, wanted.user_id),
        (columns.address, wanted.address),
        (columns.request_id, wanted.request_id),
        (columns.via, wanted.via),
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


async def record_export(context: ServiceContext, wanted: AuditFilter, *, actor: Actor) -> None:
    """Record that somebody takes the log out of the system, with the conditions."""
    conditions = {name: str(value) for name, value in asdict(wanted).items() if value is not None}
    async with context.database.transaction() as connection:
        await record(
            connection, actor=actor, action="audit.export", object_type="audit_log", object_id="all", detail=conditions
        )


async def export_log(context: ServiceContext, wanted: AuditFilter) -> AsyncIterator[list[AuditEntry]]:
    """Yield the entries that exist now, oldest first, in pages of which each is one short transaction."""
    columns = AUDIT_LOG.c
    async with context.database.transaction() as connection:
        newest: int = (await connection.execute(select(func.coalesce(func.max(columns.id), 0)))).scalar_one()
    query = select(*columns).where(*_conditions(wanted), columns.id <= newest).order_by(columns.id).limit(_EXPORT_PAGE)
    after = 0
    while True:
        async with context.database.transaction() as connection:
            page = [_read_entry(row) for row in await connection.execute(query.where(columns.id > after))]
        if page:
            yield page
            after = page[-1].id
        if len(page) < _EXPORT_PAGE:
            return


async def purge_log(connection: AsyncConnection, *, older_than: timedelta) -> int:
    """Delete the entries past their retention among the oldest ones; return how many.

    Nothing is deleted by a role that may only add entries: their owner deletes them.
    """
    if not (await connection.execute(MAY_PURGE)).scalar_one():
        return 0
    return (await connection.execute(PURGE, {"age": older_than})).rowcount


def _read_entry(row: Row[Any]) -> AuditEntry:
    """Return an entry; one whose detail cannot be read stays, for the log has to be complete."""
    detail = row.detail if isinstance(row.detail, dict) else {"unreadable": str(row.detail)}
    return AuditEntry.model_validate({**row._mapping, "detail": detail})
