"""Restarts the embedded PostgreSQL: a crash, a full disk or the out-of-memory killer may end it."""

import asyncio

import structlog

from backend.database.embedded_postgres import EmbeddedPostgres
from shared.errors import StartupError

POLL_SECONDS = 1.0
"""Between two checks that the server runs; also the first delay before another attempt to start it."""
MOST_DELAY_SECONDS = 30.0
"""The delay doubles up to this: a disk that is full stays so for a while."""

log = structlog.get_logger()


class EmbeddedWatch:
    """Restarts the server when it has ended. PostgreSQL then recovers everything that was committed."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if not self._server.is_running:
                log.error("The embedded database has ended unexpectedly. It will be restarted.")
                await self._restart()

    async def _restart(self) -> None:
        delay = POLL_SECONDS
        while True:
            try:
                if not self._server.is_running:
                    await self._server.stop()
                    await self._server.start()
                await self._server.check()
            except StartupError as error:
                log.error("The embedded database cannot be started.", cause=error.detail, next_attempt_in_seconds=delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, MOST_DELAY_SECONDS)
            else:
                log.info("The embedded database runs again.")
                return
