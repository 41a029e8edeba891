"""Send heartbeats: that the worker is alive, what it is, and which attempts it holds."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable

import psutil
import structlog

from backend.broker.messages import HEARTBEATS, AttemptRef, Heartbeat, WorkerState
from backend.broker.protocol import Sender
from backend.broker.queues import HEARTBEAT_QUEUE
from backend.loop_watchdog import LoopLag
from backend.worker.held_attempts import HeldAttempts
from backend.worker.settings import WorkerSettings
from backend.worker.uptime import Uptime
from shared.errors import BrokerUnavailableError
from shared.models.worker import WorkerRules
from shared.version import VERSION

_FIRST = 3
"""Heartbeats of a start that have the worker's rules: one may be lost."""
_SELDOM = 12
"""Later ones have them once a minute, in case the backend has forgotten the worker."""

log = structlog.get_logger()


class Heartbeats:
    """Sends one at each interval, and at once on request."""

    def __init__(
        self,
        outbox: Sender,
        settings: WorkerSettings,
        held: HeldAttempts,
        *,
        incarnation: str,
        uptime: Uptime,
        running_count: Callable[[], int],
        refused_commands: Callable[[], int],
        ended_survivors: Callable[[], list[AttemptRef]],
        rules: WorkerRules,
        loop_lag: Callable[[], LoopLag] | None = None,
    ) -> None:
        self._rules = rules
        self.state = WorkerState.ONLINE
        self._outbox = outbox
        self._settings = settings
        self._held = held
        self._incarnation = incarnation
        self._running_count = running_count
        self._refused_commands = refused_commands
        self._ended_survivors = ended_survivors
        self._loop_lag = loop_lag
        self._sequence = 0
        self._uptime = uptime
        self._process = psutil.Process(os.getpid())
        self._process.cpu_percent()
        self._is_requested = asyncio.Event()

    def request(self) -> None:
        """Send one without waiting for the interval."""
        self._is_requested.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self.send()
            self._is_requested.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.heartbeat_interval.total_seconds()):
                    await self._is_requested.wait()

    async def send(self) -> None:
        """Send one. One that cannot be sent is dropped: the next one replaces it."""
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
            held=self._held.current(),
            active_count=self._running_count(),
            cpu_percent=self._process.cpu_percent(),
            memory_bytes=self._process.memory_info().rss,
            loop_lag_seconds=self._loop_lag().recent_seconds if self._loop_lag is not None else None,
            uptime_seconds=self._uptime.seconds,
            refused_commands=self._refused_commands(),
            rules=self._rules if self._sequence <= _FIRST or self._sequence % _SELDOM == 0 else None,
            ended_survivors=self._ended_survivors(),
        )
        try:
            await self._outbox.send(HEARTBEAT_QUEUE.name, HEARTBEATS.encode(beat))
        except BrokerUnavailableError as error:
            log.warning("heartbeat not sent", cause=error.detail)
