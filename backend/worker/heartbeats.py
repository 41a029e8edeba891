"""Says that the worker lives, what it is and what it holds."""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Callable

import psutil
import structlog

from backend.broker.messages import HEARTBEATS, Heartbeat, WorkerState
from backend.broker.protocol import MessageQueue
from backend.broker.queues import HEARTBEAT_QUEUE
from backend.worker.held_attempts import HeldAttempts
from backend.worker.settings import WorkerSettings
from shared.errors import BrokerUnavailableError
from shared.version import VERSION

log = structlog.get_logger()


class Heartbeats:
    """Beats at its interval, and at once when something changed."""

    def __init__(
        self,
        broker: MessageQueue,
        settings: WorkerSettings,
        held: HeldAttempts,
        *,
        incarnation: str,
        running_count: Callable[[], int],
    ) -> None:
        self.state = WorkerState.ONLINE
        self._broker = broker
        self._settings = settings
        self._held = held
        self._incarnation = incarnation
        self._running_count = running_count
        self._sequence = 0
        self._began = time.monotonic()
        self._process = psutil.Process(os.getpid())
        self._process.cpu_percent()
        self._now = asyncio.Event()

    def beat_now(self) -> None:
        """Beat without waiting for the interval."""
        self._now.set()

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await self.beat()
            self._now.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.heartbeat_interval.total_seconds()):
                    await self._now.wait()

    async def beat(self) -> None:
        """Send one beat; one that cannot be sent is not repeated, for the next says the same."""
        self._sequence += 1
        beat = Heartbeat(
            worker_id=self._settings.worker_id,
            incarnation=self._incarnation,
            sequence=self._sequence,
            state=self.state,
            hostname=socket.gethostname(),
            version=VERSION,
            task_types=list(self._settings.task_types),
            labels=dict(self._settings.labels),
            slots=self._settings.slots,
            held=self._held.named(),
            active_count=self._running_count(),
            cpu_percent=self._process.cpu_percent(),
            memory_bytes=self._process.memory_info().rss,
            uptime_seconds=time.monotonic() - self._began,
        )
        try:
            await self._broker.send(HEARTBEAT_QUEUE.name, HEARTBEATS.encode(beat))
        except BrokerUnavailableError as error:
            log.warning("heartbeat not sent", cause=error.detail)
