"""Calendars: named lists of days on which the tasks that follow them do not run."""

import contextlib
import json
from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.events.wakes import WakeReason
from backend.faults.model import ITEM_ERRORS, cause_of, set_aside
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from backend.scheduling.reschedule import reschedule
from shared.errors import ConflictError, NotFoundError
from shared.models.schedule import Calendar, CalendarFields, day_calendar
from shared.schedule.calendars import DayCalendar

_SAVE_AGAIN = "No list shows it. Save it again with its days."

_SELECT = """
    select c.name, c.description, c.dates, c.weekdays, c.updated_at,
        (select count(*) from tasks t where t.calendar = c.name and t.deleted_at is null) as task_count
    from calendars c
"""
LIST = text(_SELECT + " order by c.name")
GET = text(_SELECT + " where c.name = :name")
EXISTING = text("select name from calendars where name = any(cast(:names as text[]))")
PUT = text(
    """
    insert into calendars (name, description, dates, weekdays)
    values (:name, :description, cast(:dates as jsonb), cast(:weekdays as jsonb))
    on conflict (name) do update set description = excluded.description, dates = excluded.dates,
        weekdays = excluded.weekdays, updated_at = now()
    """
)
# By the primary key.
LOCK = text(
    """
    select name, description, dates, weekdays from calendars where name = any(cast(:names as text[]))
    order by name for update
    """
)
DELETE = text("delete from calendars where name = :name")
TASKS = text("select id from tasks where calendar = :name and deleted_at is null order by id")
TASK_NAMES = text("select name from tasks where calendar = :name and deleted_at is null order by name limit 20")


async def list_calendars(context: ServiceContext) -> list[Calendar]:
    """Return every calendar, by name."""
    async with context.database.transaction() as connection:
        found, faults = read_each(
            (await connection.execute(LIST)).mappings(),
            lambda row: Calendar.model_validate(dict(row)),
            fault=lambda row, error: set_aside("calendar", row["name"], cause=error, next_step=_SAVE_AGAIN),
        )
        await store_faults(connection, faults)
    return found


async def read_calendar(context: ServiceContext, name: str) -> Calendar:
    """Return a calendar; raises `NotFoundError`."""
    async with context.database.transaction() as connection:
        return await _read(connection, name)


async def find_days_off(context: ServiceContext, name: str) -> DayCalendar | None:
    """Return the days of a calendar, or None if it does not exist."""
    try:
        found = await read_calendar(context, name)
    except NotFoundError:
        return None
    return day_calendar(found.dates, found.weekdays)


async def put_calendar(context: ServiceContext, name: str, fields: CalendarFields, *, actor: Actor) -> Calendar:
    """Create or replace a calendar, and reschedule the tasks that follow it."""
    async with context.database.transaction() as connection:
        await write_calendar(connection, context, name, fields, actor=actor)
        found = await _read(connection, name)
    context.signals.wake(WakeReason.SCHEDULES_CHANGED)
    return found


async def write_calendar(
    connection: AsyncConnection, context: ServiceContext, name: str, fields: CalendarFields, *, actor: Actor
) -> None:
    """Do the same in a transaction of the caller, which wakes the dispatcher behind it."""
    await _put(connection, name, fields)
    task_ids = list((await connection.execute(TASKS, {"name": name})).scalars())
    if task_ids:
        await reschedule(connection, task_ids, settings=context.settings, keeps_due=True)
    await audit.record(connection, actor=actor, action="calendar.put", object_type="calendar", object_id=name)


async def lock_calendars(connection: AsyncConnection, names: Iterable[str]) -> dict[str, CalendarFields]:
    """Return the fields of those of the calendars that exist and can be read, locked in the order of their names."""
    found = {}
    for row in await connection.execute(LOCK, {"names": list(names)}):
        with contextlib.suppress(*ITEM_ERRORS):  # it is replaced as if it did not exist
            found[row.name] = CalendarFields(description=row.description, dates=row.dates, weekdays=row.weekdays)
    return found


async def delete_calendar(context: ServiceContext, name: str, *, actor: Actor) -> None:
    """Delete a calendar; raises `ConflictError` if tasks follow it."""
    async with context.database.transaction() as connection:
        if not await existing_calendars(connection, [name]):
            raise _not_found(name)
        followers = await _followers(connection, name)
        if followers:
            verb = "follows" if len(followers) == 1 else "follow"
            raise ConflictError(f"{name} cannot be deleted: {', '.join(followers)} {verb} it. Change them first.")
        await connection.execute(DELETE, {"name": name})
        await audit.record(connection, actor=actor, action="calendar.delete", object_type="calendar", object_id=name)


async def existing_calendars(connection: AsyncConnection, names: Iterable[str]) -> frozenset[str]:
    """Return the names that calendars have."""
    return frozenset((await connection.execute(EXISTING, {"names": list(names)})).scalars())


async def _read(connection: AsyncConnection, name: str) -> Calendar:
    row = (await connection.execute(GET, {"name": name})).mappings().one_or_none()
    if row is None:
        raise _not_found(name)
    try:
        return Calendar.model_validate(dict(row))
    except ITEM_ERRORS as error:
        raise ConflictError(f"Calendar {name!r} cannot be read: {cause_of(error)}. {_SAVE_AGAIN}") from error


async def _put(connection: AsyncConnection, name: str, fields: CalendarFields) -> None:
    body = fields.model_dump(mode="json", include={"dates", "weekdays"})
    await connection.execute(
        PUT,
        {
            "name": name,
            "description": fields.description,
            "dates": json.dumps(body["dates"]),
            "weekdays": json.dumps(body["weekdays"]),
        },
    )


async def _followers(connection: AsyncConnection, name: str) -> Sequence[str]:
    """Return the names of the tasks that follow a calendar, at most twenty."""
    return list((await connection.execute(TASK_NAMES, {"name": name})).scalars())


def _not_found(name: str) -> NotFoundError:
    return NotFoundError(f"Calendar {name!r} does not exist.")
