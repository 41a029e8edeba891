"""Report what happened to attempts: at once when idle, in batches while a report is being sent."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import structlog

from backend.broker.messages import REPORTS, AttemptEnd, AttemptRef, AttemptStarted, WorkerReport
from backend.broker.protocol import Sender
from backend.broker.queues import REPORT_QUEUE
from backend.worker.held_attempts import HeldAttempts
from backend.worker.spool import Spool
from backend.worker.uptime import Uptime
from shared.errors import BrokerUnavailableError

_BATCH_RESULTS = 256
_BATCH_CHARACTERS = 4 * 1024 * 1024
"""Of output tails, 128 KiB a result at most: a message far below RabbitMQ's limit of 128 MiB."""
_RETRY_SECONDS = 1.0
"""Pause after a report that the broker did not accept within its own timeout."""

_BUSY_ATTEMPTS = 16
_GATHER_SECONDS = 0.02
_GATHERED_RESULTS = 128
"""How long results wait for others, and for how many, on a worker that holds so many attempts: nobody waits for one of
them alone, and each report costs the backend two statements, however many results it has."""

_TEXTS = ("error", "output", "stdout_tail", "stderr_tail")

log = structlog.get_logger()


class _Start(NamedTuple):
    """When an attempt began, by the monotonic clock; `sent` is done when the broker has the report, if anyone waits."""

    at: float
    sent: asyncio.Future[None] | None = None


class Reporter:
    """Sends starts and results. A result is in the spool until the broker has acknowledged it."""

    def __init__(
        self,
        outbox: Sender,
        spool: Spool,
        held: HeldAttempts,
        *,
        worker_id: str,
        incarnation: str,
        uptime: Uptime,
    ) -> None:
        self._held = held
        self._outbox = outbox
        self._spool = spool
        self._worker_id = worker_id
        self._incarnation = incarnation
        self._started: dict[AttemptRef, _Start] = {}
        self._uptime = uptime
        self._finished: deque[tuple[AttemptEnd, float]] = deque()
        self._ready = asyncio.Event()
        self._is_full = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def started(self, ref: AttemptRef, *, ago_seconds: float = 0.0) -> None:
        """Report that an attempt's command was started."""
        self._started[ref] = _Start(time.monotonic() - ago_seconds)
        self._wake()

    def started_and_sent(self, ref: AttemptRef) -> asyncio.Future[None]:
        """Do the same; return what is done when the broker has the report."""
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._started[ref] = _Start(time.monotonic(), sent)
        self._wake()
        return sent

    def finished(self, end: AttemptEnd) -> None:
        """Report that an attempt ended, `ago_ms` before now."""
        self._finished.append((_encodable(end), time.monotonic() - end.ago_ms / 1000))
        if len(self._finished) >= _GATHERED_RESULTS:
            self._is_full.set()
        self._wake()

    async def wait_idle(self) -> None:
        """Return when every report has been acknowledged."""
        await self._idle.wait()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self._ready.wait()
            if self._held.unacknowledged >= _BUSY_ATTEMPTS:
                await self._gather()
            self._ready.clear()
            while self._started or self._finished:
                await self._send()
            self._idle.set()

    async def _gather(self) -> None:
        self._is_full.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GATHER_SECONDS):
                if len(self._finished) < _GATHERED_RESULTS:
                    await self._is_full.wait()

    def _wake(self) -> None:
        self._idle.clear()
        self._ready.set()

    async def _send(self) -> None:
        finished: list[tuple[AttemptEnd, float]] = []
        size = 0
        while self._finished and len(finished) < _BATCH_RESULTS and size < _BATCH_CHARACTERS:
            entry = self._finished.popleft()
            size += len(entry[0].result.stdout_tail or "") + len(entry[0].result.stderr_tail or "")
            finished.append(entry)
        for end, _ in finished:
            overtaken = self._started.pop(end.ref, None)
            if overtaken is not None and overtaken.sent is not None:
                overtaken.sent.cancel()
        started, self._started = self._started, {}
        if finished:
            self._spool.finished([end for end, _ in finished])
        while True:
            message = self._message(started, finished)
            try:
                await self._outbox.send(REPORT_QUEUE.name, REPORTS.encode(message), durable=bool(finished))
            except BrokerUnavailableError as error:
                log.warning("results wait for the broker", count=len(finished), cause=error.detail)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            break
        for start in started.values():
            if start.sent is not None and not start.sent.done():
                start.sent.set_result(None)
        if finished:
            refs = [end.ref for end, _ in finished]
            self._spool.acknowledged(refs)
            for ref in refs:
                self._held.acknowledge(ref)

    def _message(self, started: dict[AttemptRef, _Start], finished: Sequence[tuple[AttemptEnd, float]]) -> WorkerReport:
        now = time.monotonic()
        return WorkerReport(
            worker_id=self._worker_id,
            incarnation=self._incarnation,
            sent_ms=self._uptime.milliseconds,
            started=[
                AttemptStarted(run_id=ref.run_id, attempt=ref.attempt, ago_ms=round((now - start.at) * 1000))
                for ref, start in started.items()
            ],
            finished=[
                end.ended(ago_ms=round((now - at) * 1000), worker_id=None, result=end.result) for end, at in finished
            ],
        )


def _encodable(end: AttemptEnd) -> AttemptEnd:
    """Return the end with texts that UTF-8 and PostgreSQL can hold: no lone surrogate, no NUL.

    Executors are plug-ins: what one of them returns must not keep the results of all others from being sent.
    """
    changed: dict[str, Any] = {}
    for name in _TEXTS:
        text: str | None = getattr(end.result, name)
        if text is not None and (clean := _clean(text)) != text:
            changed[name] = clean
    if not changed:
        return end
    log.warning("a result had characters that cannot be stored", run_id=end.run_id, fields=sorted(changed))
    return replace(end, result=replace(end.result, **changed))


def _clean(text: str) -> str:
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", "\ufffd")
