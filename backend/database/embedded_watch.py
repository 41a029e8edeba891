"""The embedded PostgreSQL kept running: a crash, a full disk or the system's want of memory may end it."""

import asyncio

import structlog

from backend.database.embedded_postgres import EmbeddedPostgres
from shared.errors import StartupError

LOOK_SECONDS = 1.0
MOST_DELAY_SECONDS = 30.0

log = structlog.get_logger()


class EmbeddedWatch:
    """Starts a server again when it has gone; what was committed is there again."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._server.is_running:
                log.error("the embedded database has ended by itself; it is started again")
                await self._start_again()

    async def _start_again(self) -> None:
        delay = LOOK_SECONDS
        while True:
            try:
                await self._server.stop()
                await self._server.start()
            except StartupError as error:
                log.error("the embedded database cannot be started", cause=error.detail, again_in_seconds=delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, MOST_DELAY_SECONDS)
            else:
                log.info("the embedded database runs again")
                return
