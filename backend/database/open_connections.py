"""Connections of the pool that stay open between two statements of the hot path."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import QueuePool


class OpenConnections:
    """Connections in autocommit mode that are taken out of a pool once, and used by one block after the other.

    SQLAlchemy needs 0.15 ms of CPU time to take a connection out of its pool and to give it back, half as much as a
    statement takes. What is kept here counts as idle, and goes back to the pool as soon as that has no other one left.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        """Keep connections of the pool of an engine whose isolation level is AUTOCOMMIT."""
        assert isinstance(engine.pool, QueuePool)
        self._engine = engine
        self._pool = engine.pool
        self._kept: list[AsyncConnection] = []
        self._waiting = 0

    @property
    def count(self) -> int:
        """How many are kept, and used by nobody."""
        return len(self._kept)

    async def take(self) -> AsyncConnection:
        """Return a connection: the one that was used last, where one is kept."""
        while self._kept:
            connection = self._kept.pop()
            if _is_usable(connection):
                return connection
            await connection.invalidate()  # otherwise the pool gives it to the next one
            await connection.close()
        async with self.others_needed():
            return await self._engine.connect()

    def keep(self, connection: AsyncConnection) -> bool:
        """Keep a connection for the next block; False where the caller has to close it.

        It goes back to the pool where others wait for one, and where a statement was executed through SQLAlchemy, which
        resets it then.
        """
        if self._waiting or connection.in_transaction() or not _is_usable(connection):
            return False
        self._kept.append(connection)
        return True

    @asynccontextmanager
    async def others_needed(self) -> AsyncIterator[None]:
        """Let the block take a connection out of the pool, where none is left before those that are kept here."""
        self._waiting += 1
        try:
            if self._pool.checkedout() >= self._pool.size():
                await self.give_back()
            yield
        finally:
            self._waiting -= 1

    async def give_back(self) -> None:
        """Give all that are kept back to the pool."""
        while self._kept:
            await self._kept.pop().close()


def _is_usable(connection: AsyncConnection) -> bool:
    """Whether a connection is open; a server that was restarted has closed those that were kept."""
    inner = connection.sync_connection
    if inner is None or inner.closed or inner.invalidated:
        return False
    adapted = inner.connection.dbapi_connection
    return adapted is not None and not adapted.driver_connection.is_closed()
