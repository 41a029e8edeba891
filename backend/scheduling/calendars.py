"""Making, changing and removing calendars."""

from backend import audit
from backend.context import Actor, ServiceContext
from backend.events.wakes import WakeReason
from backend.scheduling import calendar_rows as store
from backend.scheduling import due as timing
from backend.scheduling.reschedule import reschedule
from shared.errors import ConflictError, NotFoundError
from shared.models.schedule import Calendar, CalendarFields


class CalendarService:
    """The use cases around days off."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def list_all(self) -> list[Calendar]:
        """Return every calendar."""
        async with self._context.database.transaction() as connection:
            return await store.list_all(connection)

    async def get(self, name: str) -> Calendar:
        """Return a calendar; raises `NotFoundError`."""
        async with self._context.database.transaction() as connection:
            found = await store.get(connection, name)
        if found is None:
            raise _no_calendar(name)
        return found

    async def put(self, name: str, fields: CalendarFields, *, actor: Actor) -> Calendar:
        """Make or replace a calendar; the tasks that follow it are due anew."""
        async with self._context.database.transaction() as connection:
            await store.put(connection, name, fields)
            task_ids = await timing.tasks_of_calendar(connection, name)
            if task_ids:
                await reschedule(connection, task_ids, settings=self._context.settings, keeps_due=True)
            await audit.record(
                connection, actor=actor.name, action="calendar.put", object_type="calendar", object_id=name
            )
            found = await store.get(connection, name)
        assert found is not None
        self._context.signals.wake(WakeReason.SCHEDULES_CHANGED)
        return found

    async def delete(self, name: str, *, actor: Actor) -> None:
        """Remove a calendar; raises `ConflictError` where tasks follow it."""
        async with self._context.database.transaction() as connection:
            if not await store.exists(connection, name):
                raise _no_calendar(name)
            users = await store.users(connection, name)
            if users:
                raise ConflictError(f"{name} cannot be deleted: {', '.join(users)} follow it; change them first")
            await store.delete(connection, name)
            await audit.record(
                connection, actor=actor.name, action="calendar.delete", object_type="calendar", object_id=name
            )


def _no_calendar(name: str) -> NotFoundError:
    return NotFoundError(f"There is no calendar {name!r}; GET /api/calendars lists those there are.")
