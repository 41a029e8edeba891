"""Concurrency groups: limits that several tasks share."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.events.wakes import WakeReason
from backend.runs.conditions import HELD, IN_CONCURRENCY_GROUP, OCCUPIES_CONCURRENCY_GROUP
from shared.errors import ConflictError, NotFoundError
from shared.models.concurrency_group import ConcurrencyGroup, ConcurrencyGroupFields

_SELECT = f"""
    select g.name, g.description, g.max_concurrency, g.starts_per_minute, g.updated_at,
        (select count(*) from tasks t where t.concurrency_group = g.name and t.deleted_at is null) as task_count,
        (select count(*) from runs r where r.concurrency_group = g.name
            and {OCCUPIES_CONCURRENCY_GROUP}) as busy,
        (select count(*) from runs r where r.concurrency_group = g.name
            and {IN_CONCURRENCY_GROUP} and {HELD}) as waiting
    from concurrency_groups g
"""  # noqa: S608
LIST = text(_SELECT + " order by g.name")
GET = text(_SELECT + " where g.name = :name")
EXISTING = text("select name from concurrency_groups where name = any(cast(:names as text[]))")
PUT = text(
    """
    insert into concurrency_groups (name, description, max_concurrency, starts_per_minute)
    values (:name, :description, :max_concurrency, :starts_per_minute)
    on conflict (name) do update set description = excluded.description,
        max_concurrency = excluded.max_concurrency, starts_per_minute = excluded.starts_per_minute,
        updated_at = now()
    """
)
# By the primary key.
LOCK = text(
    """
    select name, description, max_concurrency, starts_per_minute from concurrency_groups
    where name = any(cast(:names as text[])) order by name for update
    """
)
DELETE = text("delete from concurrency_groups where name = :name")
TASKS = text("select name from tasks where concurrency_group = :name and deleted_at is null order by name limit 20")


async def list_concurrency_groups(context: ServiceContext) -> list[ConcurrencyGroup]:
    """Return every concurrency group, by name."""
    async with context.database.transaction() as connection:
        return [_group(row) for row in await connection.execute(LIST)]


async def read_concurrency_group(context: ServiceContext, name: str) -> ConcurrencyGroup:
    """Return a concurrency group; raises `NotFoundError`."""
    async with context.database.transaction() as connection:
        return await _get(connection, name)


async def put_concurrency_group(
    context: ServiceContext, name: str, fields: ConcurrencyGroupFields, *, actor: Actor
) -> ConcurrencyGroup:
    """Create or replace a concurrency group; runs that a higher limit releases start at once."""
    async with context.database.transaction() as connection:
        await write_concurrency_group(connection, name, fields, actor=actor)
        group = await _get(connection, name)
    context.signals.wake(WakeReason.ALL_TASKS_CHANGED)
    return group


async def write_concurrency_group(
    connection: AsyncConnection, name: str, fields: ConcurrencyGroupFields, *, actor: Actor
) -> None:
    """Do the same in a transaction of the caller, which wakes the dispatcher behind it."""
    values = fields.model_dump(include=set(ConcurrencyGroupFields.model_fields))
    await connection.execute(PUT, {"name": name, **values})
    await _record(connection, actor, "put", name, {key: value for key, value in values.items() if value is not None})


async def lock_concurrency_groups(
    connection: AsyncConnection, names: Iterable[str]
) -> dict[str, ConcurrencyGroupFields]:
    """Return the fields of those of the groups that exist, locked in the order of their names."""
    return {
        row.name: ConcurrencyGroupFields(
            description=row.description, max_concurrency=row.max_concurrency, starts_per_minute=row.starts_per_minute
        )
        for row in await connection.execute(LOCK, {"names": list(names)})
    }


async def delete_concurrency_group(context: ServiceContext, name: str, *, actor: Actor) -> None:
    """Delete a concurrency group; raises `NotFoundError`, and `ConflictError` if tasks use it."""
    async with context.database.transaction() as connection:
        if not await existing_concurrency_groups(connection, [name]):
            raise _no_group(name)
        tasks = await _tasks_in(connection, name)
        if tasks:
            raise ConflictError(
                f"Concurrency group {name!r} is used by the tasks {', '.join(tasks)}. Change those tasks first."
            )
        await connection.execute(DELETE, {"name": name})
        await _record(connection, actor, "delete", name, {})
    context.signals.wake(WakeReason.ALL_TASKS_CHANGED)


async def existing_concurrency_groups(connection: AsyncConnection, names: Iterable[str]) -> frozenset[str]:
    """Return the names that concurrency groups have."""
    return frozenset((await connection.execute(EXISTING, {"names": list(names)})).scalars())


async def _get(connection: AsyncConnection, name: str) -> ConcurrencyGroup:
    row = (await connection.execute(GET, {"name": name})).one_or_none()
    if row is None:
        raise _no_group(name)
    return _group(row)


async def _tasks_in(connection: AsyncConnection, name: str) -> Sequence[str]:
    """Return the names of up to 20 tasks of a group."""
    return list((await connection.execute(TASKS, {"name": name})).scalars())


def _group(row: Row[Any]) -> ConcurrencyGroup:
    return ConcurrencyGroup.model_validate(row)


def _no_group(name: str) -> NotFoundError:
    return NotFoundError(f"Concurrency group {name!r} does not exist.")


async def _record(connection: AsyncConnection, actor: Actor, action: str, name: str, detail: dict[str, Any]) -> None:
    await audit.record(
        connection,
        actor=actor,
        action=f"concurrency_group.{action}",
        object_type="concurrency_group",
        object_id=name,
        detail=detail,
    )
