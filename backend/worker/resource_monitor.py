"""Watch running commands: their progress files, and the CPU time and memory that they use."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from backend.broker.messages import TELEMETRY, AttemptRef, Progress, Sample, Telemetry
from backend.broker.protocol import Sender
from backend.broker.queues import TELEMETRY_QUEUE
from backend.worker.command_limits import NO_LIMITS, Limits
from backend.worker.process_usage import Usage, usage_of_sessions
from backend.worker.run_files import read_progress
from shared.errors import BrokerUnavailableError
from shared.process_clock import monotonic_seconds

_INTERVAL_SECONDS = 1.0
"""Between two passes over the processes of all commands. A shorter command is not sampled, and costs nothing."""
_MOST_SAMPLES = 500
"""Of one attempt: the longer it runs, the further apart they are, so that its chart has a bounded size."""

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class _Watched:
    pid: int
    progress_file: Path | None
    limits: Limits
    on_exceeded: Callable[[str], None]
    mask: Callable[[str], str]
    began: float = field(default_factory=monotonic_seconds)
    last_progress: tuple[float | None, str] | None = None
    last_cpu_seconds: float = 0.0
    last_sample: float = field(default_factory=monotonic_seconds)
    peak_memory: int = 0

    def is_sample_due(self, now: float) -> bool:
        """Whether enough time has passed: one second at first, a 500th of the run later."""
        return now - self.last_sample >= max(_INTERVAL_SECONDS * 0.9, (now - self.began) / _MOST_SAMPLES)


class ResourceMonitor:
    """One pass a second over all commands of a worker, while there are any."""

    def __init__(self, outbox: Sender, *, worker_id: str, incarnation: str = "") -> None:
        self._outbox = outbox
        self._worker_id = worker_id
        self._incarnation = incarnation
        self._watched: dict[AttemptRef, _Watched] = {}
        self._has_some = asyncio.Event()

    def watch(
        self,
        ref: AttemptRef,
        *,
        pid: int,
        on_exceeded: Callable[[str], None],
        limits: Limits = NO_LIMITS,
        progress_file: Path | None = None,
        mask: Callable[[str], str] = str,
    ) -> None:
        """Watch an attempt whose command leads the session `pid`.

        `on_exceeded` gets the first limit exceeded; `mask` replaces secrets in the text of the progress.
        """
        self._watched[ref] = _Watched(
            pid=pid, progress_file=progress_file, limits=limits, on_exceeded=on_exceeded, mask=mask
        )
        self._has_some.set()

    async def unwatch(self, ref: AttemptRef) -> int:
        """End it, send progress that was not sent yet, and return the highest memory seen, in bytes."""
        watched = self._watched.pop(ref, None)
        if not self._watched:
            self._has_some.clear()
        if watched is None:
            return 0
        if (last := _new_progress(ref, watched)) is not None:
            await self._send(Telemetry(worker_id=self._worker_id, incarnation=self._incarnation, progress=[last]))
        return watched.peak_memory

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self._has_some.wait()
            await asyncio.sleep(_INTERVAL_SECONDS)
            if self._watched:
                await self._sample()

    async def _sample(self) -> None:
        sessions = [watched.pid for watched in self._watched.values()]
        usages = await asyncio.to_thread(usage_of_sessions, sessions)
        now = monotonic_seconds()
        progress: list[Progress] = []
        samples: list[Sample] = []
        for ref, watched in self._watched.items():
            if (changed := _new_progress(ref, watched)) is not None:
                progress.append(changed)
            usage = usages.get(watched.pid)
            if usage is None:
                continue
            watched.peak_memory = max(watched.peak_memory, usage.memory_bytes)
            if (exceeded := watched.limits.exceeded(usage)) is not None:
                watched.limits = NO_LIMITS
                watched.on_exceeded(exceeded)
            if watched.is_sample_due(now):
                samples.append(_sample(ref, watched, usage, now))
        if progress or samples:
            await self._send(
                Telemetry(worker_id=self._worker_id, incarnation=self._incarnation, progress=progress, samples=samples)
            )

    async def _send(self, telemetry: Telemetry) -> None:
        try:
            await self._outbox.send(TELEMETRY_QUEUE.name, TELEMETRY.encode(telemetry), durable=False)
        except BrokerUnavailableError as error:
            log.debug("telemetry dropped: the broker does not answer", cause=error.detail)


def _new_progress(ref: AttemptRef, watched: _Watched) -> Progress | None:
    progress = read_progress(watched.progress_file) if watched.progress_file is not None else None
    if progress is None or progress == watched.last_progress:
        return None
    watched.last_progress = progress
    return Progress(run_id=ref.run_id, attempt=ref.attempt, percent=progress[0], text=watched.mask(progress[1]))


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
