"""Samples what waits and runs for the metrics, so that a scrape reads one row however long the queue is."""

import asyncio
import time
from dataclasses import dataclass

import structlog

from backend.context import ServiceContext
from backend.queue.figures import Figures, read_figures, store_figures
from shared.errors import DatabaseUnavailableError

_PAUSE_SECONDS = 5.0
"""Below the usual interval of scrapes."""
_STANDBY_SECONDS = 1.0
_LONGEST_SECONDS = 30.0
"""Two samples a minute at least, because alert rules read them."""
_PAUSE_FACTOR = 20
"""A pause lasts at least this many times as long as the sample took: a long queue costs 5 % of the time."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class FiguresSampled:
    """One sample."""

    figures: Figures


class FiguresSampler:
    """Samples on the leading replica only."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def run(self) -> None:
        """Sample until cancelled."""
        while True:
            pause = _STANDBY_SECONDS
            if self._context.signals.is_leader:
                began = time.monotonic()
                try:
                    await self._sample()
                except DatabaseUnavailableError as error:
                    log.warning("The figures of the metrics were not sampled.", cause=error.detail)
                took = time.monotonic() - began
                pause = min(max(_PAUSE_SECONDS, took * _PAUSE_FACTOR), _LONGEST_SECONDS)
            await asyncio.sleep(pause)

    async def _sample(self) -> None:
        async with self._context.database.transaction() as connection:
            figures = await read_figures(connection)
            await store_figures(connection, figures)
        self._context.passes.record(FiguresSampled(figures))
