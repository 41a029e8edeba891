"""Samples the depth of the queue for the live stream and for charts. It decides nothing and uses the pool."""

import asyncio
import time
from dataclasses import dataclass

import structlog

from backend.context import ServiceContext
from backend.queue import history
from backend.queue.depth import read_depth
from backend.runs import duration_statistics
from shared.enums import EventType, Priority
from shared.errors import DatabaseUnavailableError
from shared.models.system import QueueDepth

_BUSY_SECONDS = 1.0
"""Between two samples while runs wait or run: the chart of the console moves once a second."""
_IDLE_SECONDS = 5.0
_BIN_SECONDS = 5
"""One stored sample stands for this time; a day of them is 17,280 rows."""
_PAUSE_FACTOR = 20
"""A pause lasts at least this many times as long as the sample took: sampling a large queue uses 5 % of the time."""
_HOUSEKEEPING_SECONDS = 60.0
"""Between two roll-ups of old samples, which are kept by the minute."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSampled:
    """One sample; `is_tidied` if old samples were rolled up with it."""

    depth: QueueDepth
    is_tidied: bool


def greatest(samples: list[QueueDepth]) -> QueueDepth:
    """Return the greatest depth of these samples, at the time of the first."""
    oldest = [sample.oldest_waiting_seconds for sample in samples if sample.oldest_waiting_seconds is not None]
    return samples[0].model_copy(
        update={
            "by_priority": {priority: max(sample.by_priority[priority] for sample in samples) for priority in Priority},
            "in_flight": max(sample.in_flight for sample in samples),
            "oldest_waiting_seconds": max(oldest, default=None),
        }
    )


class QueueSampler:
    """Samples on the leading replica only."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._bin: list[QueueDepth] = []
        self._tidied_at = time.monotonic()

    async def run(self) -> None:
        """Sample until cancelled."""
        while True:
            pause = _IDLE_SECONDS
            if self._context.signals.is_leader:
                try:
                    pause = await self._sample()
                except DatabaseUnavailableError as error:
                    log.warning("The queue was not sampled.", cause=error.detail)
            await asyncio.sleep(pause)

    async def _sample(self) -> float:
        """Take a sample; return the seconds until the next."""
        begin = time.monotonic()
        is_tidied = begin - self._tidied_at > _HOUSEKEEPING_SECONDS
        full: list[QueueDepth] = []
        async with self._context.database.transaction() as connection:
            depth = await read_depth(connection)
            if self._bin and _bin_number(depth) != _bin_number(self._bin[0]):
                full, self._bin = self._bin, []
            self._bin.append(depth)
            if full:
                await history.insert_samples(connection, [greatest(full)])
            if is_tidied:
                self._tidied_at = begin
                await history.roll_up(connection)
                await history.delete_old(connection)
                await duration_statistics.count(connection)
        self._context.events.publish(EventType.QUEUE_SAMPLED, [depth])
        self._context.passes.record(QueueSampled(depth=depth, is_tidied=is_tidied))
        is_idle = depth.waiting == 0 and depth.in_flight == 0
        took = time.monotonic() - begin
        return max(_IDLE_SECONDS if is_idle else _BUSY_SECONDS, took * _PAUSE_FACTOR)


def _bin_number(depth: QueueDepth) -> int:
    return int(depth.at.timestamp()) // _BIN_SECONDS
