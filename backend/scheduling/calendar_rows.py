"""Calendars: named lists of days off."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.models.schedule import Calendar, CalendarFields

_SELECT = """
    select c.name, c.description, c.dates, c.weekdays, c.updated_at,
        (select count(*) from tasks t where t.calendar = c.name and t.deleted_at is null) as task_count
    from calendars c
"""
LIST = text(_SELECT + " order by c.name")
GET = text(_SELECT + " where c.name = :name")
EXISTS = text("select exists (select from calendars where name = :name)")
PUT = text(
    """
    insert into calendars (name, description, dates, weekdays)
    values (:name, :description, cast(:dates as jsonb), cast(:weekdays as jsonb))
    on conflict (name) do update set description = excluded.description, dates = excluded.dates,
        weekdays = excluded.weekdays, updated_at = now()
    """
)
DELETE = text("delete from calendars where name = :name")
USERS = text("select name from tasks where calendar = :name and deleted_at is null order by name limit 20")


def _calendar(row: RowMapping) -> Calendar:
    return Calendar.model_validate(dict(row))


async def list_all(connection: AsyncConnection) -> list[Calendar]:
    """Return every calendar, by name."""
    return [_calendar(row) for row in (await connection.execute(LIST)).mappings()]


async def get(connection: AsyncConnection, name: str) -> Calendar | None:
    """Return a calendar, or None."""
    row = (await connection.execute(GET, {"name": name})).mappings().one_or_none()
    return _calendar(row) if row else None


async def exists(connection: AsyncConnection, name: str) -> bool:
    """Whether there is a calendar of this name."""
    return bool((await connection.execute(EXISTS, {"name": name})).scalar_one())


async def put(connection: AsyncConnection, name: str, fields: CalendarFields) -> None:
    """Make or replace a calendar."""
    body = fields.model_dump_json(include={"dates"}), fields.model_dump_json(include={"weekdays"})
    dates, weekdays = (part.split(":", 1)[1][:-1] for part in body)
    await connection.execute(
        PUT, {"name": name, "description": fields.description, "dates": dates, "weekdays": weekdays}
    )


async def delete(connection: AsyncConnection, name: str) -> None:
    """Remove a calendar."""
    await connection.execute(DELETE, {"name": name})


async def users(connection: AsyncConnection, name: str) -> Sequence[str]:
    """Return the names of tasks that follow a calendar, twenty at most."""
    return list((await connection.execute(USERS, {"name": name})).scalars())
