"""Samples how busy the workers are, for charts. It decides nothing and uses the pool."""

import asyncio
from dataclasses import dataclass

import structlog

from backend.context import ServiceContext
from backend.workers import history
from shared.errors import DatabaseUnavailableError

SHORTEST_SECONDS = 15.0
"""Between two samples of few workers."""
IDLE_SECONDS = 2.0
"""Between two checks while no worker is live, so that the first one appears in its chart soon."""
SECONDS_PER_WORKER = 0.06
"""More workers are sampled less often, so that a day of samples stays below 1.5 million rows."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WorkersSampled:
    """One sample of this many live workers."""

    live: int


def pause_for(workers: int) -> float:
    """Return the seconds between two samples of this many workers."""
    return max(SHORTEST_SECONDS, SECONDS_PER_WORKER * workers) if workers else IDLE_SECONDS


class WorkerSampler:
    """Samples on the leading replica only."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def run(self) -> None:
        """Sample until cancelled."""
        while True:
            pause = SHORTEST_SECONDS
            if self._context.signals.is_leader:
                try:
                    async with self._context.database.transaction() as connection:
                        live = await history.count_live(connection)
                        await history.sample(connection)
                    self._context.passes.record(WorkersSampled(live))
                    pause = pause_for(live)
                except DatabaseUnavailableError as error:
                    log.warning("The workers were not sampled.", cause=error.detail)
            await asyncio.sleep(pause)
