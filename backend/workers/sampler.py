"""Samples how busy workers are, for charts. It decides nothing, and uses the pool."""

import asyncio

import structlog

from backend.context import ServiceContext
from backend.workers import history as worker_history
from shared.errors import DatabaseUnavailableError

SHORTEST_SECONDS = 15.0
LOOK_SECONDS = 2.0
"""While no worker lives: the first one should not wait for its line."""

SECONDS_FOR_EACH = 0.06
"""More workers are sampled less often, so that a day of samples stays within a million and a half rows."""

log = structlog.get_logger()


def pause_for(workers: int) -> float:
    """Return the seconds between two samples of so many workers."""
    return max(SHORTEST_SECONDS, SECONDS_FOR_EACH * workers) if workers else LOOK_SECONDS


class WorkerSampler:
    """Runs on the replica that leads; the others stay silent."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def run(self) -> None:
        """Sample until cancelled."""
        while True:
            pause = SHORTEST_SECONDS
            if self._context.signals.is_leader:
                try:
                    async with self._context.database.transaction() as connection:
                        pause = pause_for(await worker_history.count_live(connection))
                        await worker_history.sample(connection)
                except DatabaseUnavailableError as error:
                    log.warning("the workers were not sampled", cause=error.detail)
            await asyncio.sleep(pause)
