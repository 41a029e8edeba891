"""Making, changing and removing concurrency groups."""

from backend import audit
from backend.context import Actor, ServiceContext
from backend.events.wakes import WakeReason
from backend.runs import concurrency_group_rows as store
from shared.errors import ConflictError, NotFoundError
from shared.models.concurrency_group import ConcurrencyGroup, ConcurrencyGroupFields


class ConcurrencyGroupService:
    """The use cases around limits that tasks share."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def list_all(self) -> list[ConcurrencyGroup]:
        """Return every group."""
        async with self._context.database.transaction() as connection:
            return await store.list_all(connection)

    async def get(self, name: str) -> ConcurrencyGroup:
        """Return a group; raises `NotFoundError`."""
        async with self._context.database.transaction() as connection:
            found = await store.get(connection, name)
        if found is None:
            raise _no_group(name)
        return found

    async def put(self, name: str, fields: ConcurrencyGroupFields, *, actor: Actor) -> ConcurrencyGroup:
        """Make or replace a group; runs that a larger limit lets through go at once."""
        async with self._context.database.transaction() as connection:
            await store.put(connection, name, fields)
            await audit.record(
                connection,
                actor=actor.name,
                action="concurrency_group.put",
                object_type="concurrency_group",
                object_id=name,
                detail=fields.model_dump(exclude_none=True),
            )
            found = await store.get(connection, name)
        assert found is not None
        self._context.signals.wake(WakeReason.ALL_TASKS_CHANGED)
        return found

    async def delete(self, name: str, *, actor: Actor) -> None:
        """Remove a group; raises `ConflictError` where tasks are in it."""
        async with self._context.database.transaction() as connection:
            if not await store.exists(connection, name):
                raise _no_group(name)
            users = await store.users(connection, name)
            if users:
                raise ConflictError(f"{name} cannot be deleted: {', '.join(users)} are in it; change them first")
            await store.delete(connection, name)
            await audit.record(
                connection,
                actor=actor.name,
                action="concurrency_group.delete",
                object_type="concurrency_group",
                object_id=name,
            )
        self._context.signals.wake(WakeReason.ALL_TASKS_CHANGED)


def _no_group(name: str) -> NotFoundError:
    return NotFoundError(f"There is no concurrency group {name!r}; GET /api/concurrency-groups lists those there are.")
