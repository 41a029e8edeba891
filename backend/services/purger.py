"""Removes the rows of deleted tasks, a batch at a time, so that nothing waits for it."""

import asyncio

import structlog
from sqlalchemy import text

from backend.services.context import ServiceContext
from backend.store import tasks
from shared.errors import DatabaseUnavailableError

_BATCH = 1000
_PAUSE_SECONDS = 30.0

FORGET_KEYS = text("delete from idempotency_keys where created_at < now() - interval '24 hours'")
FORGET_REFRESH = text("delete from refresh_tokens where expires_at < now()")

log = structlog.get_logger()


class Purger:
    """Runs on the replica that leads."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def run(self) -> None:
        """Purge until cancelled."""
        while True:
            if self._context.signals.is_leader:
                try:
                    while await self._purge_batch():
                        pass
                except DatabaseUnavailableError as error:
                    log.warning("nothing was purged", cause=error.detail)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _purge_batch(self) -> bool:
        async with self._context.database.transaction() as connection:
            removed = await tasks.purge_deleted(connection, batch=_BATCH)
            if not removed:
                await connection.execute(FORGET_KEYS)
                await connection.execute(FORGET_REFRESH)
        return removed > 0
