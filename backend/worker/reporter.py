"""Reports what happened to attempts: at once when alone, in batches while a report is under way."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import structlog

from backend.broker.messages import (
    REPORTS,
    AttemptEnd,
    AttemptRef,
    AttemptStarted,
    WorkerReport,
)
from backend.broker.protocol import MessageQueue
from backend.broker.queues import REPORT_QUEUE
from backend.worker.held_attempts import HeldAttempts
from backend.worker.spool import Spool
from shared.errors import BrokerUnavailableError

_BATCH = 256
_BATCH_CHARACTERS = 4 * 1024 * 1024
_RETRY_SECONDS = 1.0

log = structlog.get_logger()


class Reporter:
    """Keeps results in the spool until the broker has confirmed them."""

    def __init__(
        self, broker: MessageQueue, spool: Spool, held: HeldAttempts, *, worker_id: str, incarnation: str
    ) -> None:
        self._held = held
        self._broker = broker
        self._spool = spool
        self._worker_id = worker_id
        self._incarnation = incarnation
        self._started: dict[AttemptRef, float] = {}
        self._finished: deque[tuple[AttemptEnd, float]] = deque()
        self._ready = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def started(self, ref: AttemptRef) -> None:
        """Report that an attempt's command was started just now."""
        self._started[ref] = time.monotonic()
        self._wake()

    def finished(self, result: AttemptEnd) -> None:
        """Report an attempt's end; `ago_ms` says how long ago that was."""
        self._finished.append((result, time.monotonic() - result.ago_ms / 1000))
        self._wake()

    async def wait_idle(self) -> None:
        """Return when every report has been confirmed."""
        await self._idle.wait()

    def _wake(self) -> None:
        self._idle.clear()
        self._ready.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            while self._started or self._finished:
                await self._send()
            self._idle.set()

    async def _send(self) -> None:
        finished: list[tuple[AttemptEnd, float]] = []
        size = 0
        while self._finished and len(finished) < _BATCH and size < _BATCH_CHARACTERS:
            entry = self._finished.popleft()
            size += len(entry[0].result.stdout_tail or "") + len(entry[0].result.stderr_tail or "")
            finished.append(entry)
        for result, _ in finished:
            self._started.pop(result.ref, None)
        started, self._started = self._started, {}
        if finished:
            self._spool.finished([result for result, _ in finished])
        while True:
            message = self._message(started, finished)
            try:
                await self._broker.send(REPORT_QUEUE.name, REPORTS.encode(message), durable=bool(finished))
            except BrokerUnavailableError as error:
                log.warning("results wait for the broker", count=len(finished), cause=error.detail)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            break
        if finished:
            refs = [result.ref for result, _ in finished]
            self._spool.confirmed(refs)
            for ref in refs:
                self._held.reported(ref)

    def _message(self, started: dict[AttemptRef, float], finished: Sequence[tuple[AttemptEnd, float]]) -> WorkerReport:
        now = time.monotonic()
        return WorkerReport(
            worker_id=self._worker_id,
            incarnation=self._incarnation,
            started=[
                AttemptStarted(run_id=ref.run_id, attempt=ref.attempt, ago_ms=round((now - at) * 1000))
                for ref, at in started.items()
            ],
            finished=[replace(result, ago_ms=round((now - at) * 1000)) for result, at in finished],
        )
