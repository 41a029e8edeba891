"""Samples the queue for the live stream and for charts. It decides nothing, and uses the pool."""

import asyncio
import time

import structlog

from backend.context import ServiceContext
from backend.queue import depth as queue_depth
from backend.runs import timings as run_timings
from shared.enums import EventType, Priority
from shared.errors import DatabaseUnavailableError
from shared.models.system import QueueDepth

_BUSY_SECONDS = 1.0
_IDLE_SECONDS = 5.0
_BIN_SECONDS = 5
_LONGEST_SHARE = 20
"""A sample that takes long, over a great backlog, is taken as much less often: at most 5 % of the time."""
_HOUSEKEEPING_SECONDS = 60.0

log = structlog.get_logger()


def greatest(samples: list[QueueDepth]) -> QueueDepth:
    """Return the samples of one step of time as their greatest depth, at the first one's time."""
    oldest = [sample.oldest_waiting_seconds for sample in samples if sample.oldest_waiting_seconds is not None]
    return samples[0].model_copy(
        update={
            "by_priority": {priority: max(sample.by_priority[priority] for sample in samples) for priority in Priority},
            "in_flight": max(sample.in_flight for sample in samples),
            "oldest_waiting_seconds": max(oldest, default=None),
        }
    )


class QueueSampler:
    """Runs on the replica that leads; the others stay silent."""

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
                    log.warning("the queue was not sampled", cause=error.detail)
            await asyncio.sleep(pause)

    async def _sample(self) -> float:
        begin = time.monotonic()
        full: list[QueueDepth] = []
        async with self._context.database.transaction() as connection:
            depth = await queue_depth.depth(connection)
            if self._bin and _step(depth) != _step(self._bin[0]):
                full, self._bin = self._bin, []
            self._bin.append(depth)
            if full:
                await queue_depth.insert_samples(connection, [greatest(full)])
            if begin - self._tidied_at > _HOUSEKEEPING_SECONDS:
                self._tidied_at = begin
                await queue_depth.roll_up(connection)
                await queue_depth.forget_old(connection)
                await run_timings.count(connection)
        self._context.events.publish(EventType.QUEUE_SAMPLED, [depth])
        is_idle = depth.waiting == 0 and depth.in_flight == 0
        took = time.monotonic() - begin
        return max(_IDLE_SECONDS if is_idle else _BUSY_SECONDS, took * _LONGEST_SHARE)


def _step(depth: QueueDepth) -> int:
    return int(depth.at.timestamp()) // _BIN_SECONDS
