"""Concurrency groups: limits that tasks share."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.models.concurrency_group import ConcurrencyGroup, ConcurrencyGroupFields

_SELECT = """
    select g.name, g.description, g.max_concurrency, g.starts_per_minute, g.updated_at,
        (select count(*) from tasks t where t.concurrency_group = g.name and t.deleted_at is null) as task_count,
        (select count(*) from runs r where r.concurrency_group = g.name
            and r.status in ('pending', 'dispatched', 'running')
            and (r.status <> 'pending' or r.hold is null or r.hold = 'delay')) as busy,
        (select count(*) from runs r where r.concurrency_group = g.name
            and r.status in ('pending', 'dispatched', 'running')
            and r.status = 'pending' and r.hold in ('limit', 'overlap')) as waiting
    from concurrency_groups g
"""
LIST = text(_SELECT + " order by g.name")
GET = text(_SELECT + " where g.name = :name")
EXISTS = text("select exists (select from concurrency_groups where name = :name)")
PUT = text(
    """
    insert into concurrency_groups (name, description, max_concurrency, starts_per_minute)
    values (:name, :description, :max_concurrency, :starts_per_minute)
    on conflict (name) do update set description = excluded.description,
        max_concurrency = excluded.max_concurrency, starts_per_minute = excluded.starts_per_minute,
        updated_at = now()
    """
)
DELETE = text("delete from concurrency_groups where name = :name")
USERS = text("select name from tasks where concurrency_group = :name and deleted_at is null order by name limit 20")


def _group(row: RowMapping) -> ConcurrencyGroup:
    return ConcurrencyGroup.model_validate(dict(row))


async def list_all(connection: AsyncConnection) -> list[ConcurrencyGroup]:
    """Return every group, by name."""
    return [_group(row) for row in (await connection.execute(LIST)).mappings()]


async def get(connection: AsyncConnection, name: str) -> ConcurrencyGroup | None:
    """Return a group, or None."""
    row = (await connection.execute(GET, {"name": name})).mappings().one_or_none()
    return _group(row) if row else None


async def exists(connection: AsyncConnection, name: str) -> bool:
    """Whether there is a group of this name."""
    return bool((await connection.execute(EXISTS, {"name": name})).scalar_one())


async def put(connection: AsyncConnection, name: str, fields: ConcurrencyGroupFields) -> None:
    """Make or replace a group."""
    await connection.execute(PUT, {"name": name, **fields.model_dump()})


async def delete(connection: AsyncConnection, name: str) -> None:
    """Remove a group."""
    await connection.execute(DELETE, {"name": name})


async def users(connection: AsyncConnection, name: str) -> Sequence[str]:
    """Return the names of tasks in a group, twenty at most."""
    return list((await connection.execute(USERS, {"name": name})).scalars())
