"""Watches commands while they run: what they say of their progress, and what CPU and memory they take."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from backend.broker.messages import TELEMETRY, AttemptRef, Progress, Sample, Telemetry
from backend.broker.protocol import MessageQueue
from backend.broker.queues import TELEMETRY_QUEUE
from backend.worker.limits import NO_LIMITS, Limits
from backend.worker.process_usage import Usage, usage_of_sessions
from backend.worker.run_files import read_progress
from shared.errors import BrokerUnavailableError

_LOOK_SECONDS = 1.0
_MOST_SAMPLES = 500
"""An attempt's samples lie further apart the longer it runs, so that its chart stays of one size."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Watched:
    pid: int
    progress_file: Path
    began: float
    last_progress: tuple[float | None, str] | None = None
    last_cpu_seconds: float = 0.0
    last_sample: float = 0.0
    peak_memory: int = 0
    limits: Limits = NO_LIMITS
    on_exceeded: Callable[[str], None] | None = None

    def is_sample_due(self, now: float) -> bool:
        """Whether enough time has passed: one second at first, one part in 500 of the run later."""
        return now - self.last_sample >= max(_LOOK_SECONDS * 0.9, (now - self.began) / _MOST_SAMPLES)


class RunMonitor:
    """One look a second at all commands of a worker, while there are any; what is shorter costs nothing."""

    def __init__(self, broker: MessageQueue, *, worker_id: str) -> None:
        self._broker = broker
        self._worker_id = worker_id
        self._watched: dict[AttemptRef, _Watched] = {}
        self._has_some = asyncio.Event()

    def watch(
        self,
        ref: AttemptRef,
        *,
        pid: int,
        progress_file: Path,
        limits: Limits,
        on_exceeded: Callable[[str], None],
    ) -> None:
        """Begin to watch an attempt whose command leads the session `pid`; `on_exceeded` is told of a passed limit."""
        now = time.monotonic()
        self._watched[ref] = _Watched(
            pid, progress_file, began=now, last_sample=now, limits=limits, on_exceeded=on_exceeded
        )
        self._has_some.set()

    def forget(self, ref: AttemptRef) -> tuple[Progress | None, int]:
        """End it; return what the command said last, if that was not sent yet, and the most memory that was seen."""
        watched = self._watched.pop(ref, None)
        if not self._watched:
            self._has_some.clear()
        return (_news(ref, watched), watched.peak_memory) if watched is not None else (None, 0)

    async def tell(self, progress: Progress) -> None:
        """Send what a command said at its end."""
        await self._send(Telemetry(worker_id=self._worker_id, progress=[progress]))

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self._has_some.wait()
            await asyncio.sleep(_LOOK_SECONDS)
            if self._watched:
                await self._look()

    async def _look(self) -> None:
        sessions = [watched.pid for watched in self._watched.values()]
        usages = await asyncio.to_thread(usage_of_sessions, sessions)
        now = time.monotonic()
        progress: list[Progress] = []
        samples: list[Sample] = []
        for ref, watched in self._watched.items():
            if (news := _news(ref, watched)) is not None:
                progress.append(news)
            usage = usages.get(watched.pid)
            if usage is not None:
                watched.peak_memory = max(watched.peak_memory, usage.memory_bytes)
                if watched.on_exceeded is not None and (passed := watched.limits.exceeded(usage)) is not None:
                    watched.on_exceeded(passed)
                    watched.on_exceeded = None
            if usage is not None and watched.is_sample_due(now):
                samples.append(_sample(ref, watched, usage, now))
        if progress or samples:
            await self._send(Telemetry(worker_id=self._worker_id, progress=progress, samples=samples))

    async def _send(self, telemetry: Telemetry) -> None:
        try:
            await self._broker.send(TELEMETRY_QUEUE.name, TELEMETRY.encode(telemetry), durable=False)
        except BrokerUnavailableError as error:
            log.debug("telemetry dropped: the broker does not answer", cause=error.detail)


def _news(ref: AttemptRef, watched: _Watched) -> Progress | None:
    said = read_progress(watched.progress_file)
    if said is None or said == watched.last_progress:
        return None
    watched.last_progress = said
    return Progress(run_id=ref.run_id, attempt=ref.attempt, percent=said[0], text=said[1])


def _sample(ref: AttemptRef, watched: _Watched, usage: Usage, now: float) -> Sample:
    used = max(0.0, usage.cpu_seconds - watched.last_cpu_seconds)
    percent = used / max(0.001, now - watched.last_sample) * 100
    watched.last_cpu_seconds, watched.last_sample = usage.cpu_seconds, now
    return Sample(
        run_id=ref.run_id,
        attempt=ref.attempt,
        elapsed_ms=round((now - watched.began) * 1000),
        cpu_percent=round(percent, 1),
        memory_bytes=usage.memory_bytes,
    )
