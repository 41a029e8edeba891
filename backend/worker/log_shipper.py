"""Send output to the backend in batches, with backpressure on commands while the broker is away."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable

import structlog

from backend.broker.messages import LOGS, AttemptRef, LogBatch, LogPiece
from backend.broker.protocol import Sender
from backend.broker.queues import LOG_QUEUE
from backend.worker.output_capture import OutputPiece
from backend.worker.uptime import Uptime
from shared.errors import BrokerUnavailableError

MOST_WAITING_CHARACTERS = 8 * 1024 * 1024
"""Of all attempts together. With more, pipes are not read, so that commands which write block."""
_BATCH_CHARACTERS = 512 * 1024
"""Of one message."""
_RETRY_SECONDS = 1.0
"""Pause after a message that the broker did not accept within its own timeout."""

log = structlog.get_logger()


class ReadGate:
    """Closed while too much output waits to be sent. Pipes are read only while it is open."""

    def __init__(self) -> None:
        self.is_open = True
        self._waiting: list[Callable[[], None]] = []

    def when_open(self, resume: Callable[[], None]) -> None:
        """Call `resume` when the gate opens."""
        self._waiting.append(resume)

    def close(self) -> None:
        """Stop readers."""
        self.is_open = False

    def open(self) -> None:
        """Resume readers."""
        self.is_open = True
        waiting, self._waiting = self._waiting, []
        for resume in waiting:
            resume()


class LogShipper:
    """Sends the pieces of all attempts of one worker, in order."""

    def __init__(self, outbox: Sender, *, worker_id: str, incarnation: str, uptime: Uptime) -> None:
        self.gate = ReadGate()
        self._outbox = outbox
        self._worker_id = worker_id
        self._incarnation = incarnation
        self._uptime = uptime
        self._pieces: deque[tuple[AttemptRef, OutputPiece]] = deque()
        self._characters = 0
        self._put_count = 0
        self._sent_count = 0
        self._ready = asyncio.Event()
        self._sent = asyncio.Condition()

    def put(self, ref: AttemptRef, piece: OutputPiece) -> None:
        """Add a piece; never blocks."""
        self._pieces.append((ref, piece))
        self._characters += len(piece.text)
        self._put_count += 1
        if self._characters > MOST_WAITING_CHARACTERS:
            self.gate.close()
        self._ready.set()

    async def wait_sent(self, *, timeout_seconds: float) -> None:
        """Return when all pieces so far are sent, or after the timeout."""
        target = self._put_count
        if self._sent_count >= target:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds), self._sent:
                await self._sent.wait_for(lambda: self._sent_count >= target)

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            while self._pieces:
                await self._send(self._next_batch())

    def _next_batch(self) -> list[tuple[AttemptRef, OutputPiece]]:
        batch = []
        size = 0
        while self._pieces and size < _BATCH_CHARACTERS:
            entry = self._pieces.popleft()
            size += len(entry[1].text)
            batch.append(entry)
        self._characters -= size
        return batch

    async def _send(self, batch: list[tuple[AttemptRef, OutputPiece]]) -> None:
        while True:
            now = time.monotonic()
            message = LogBatch(
                worker_id=self._worker_id,
                incarnation=self._incarnation,
                sent_ms=self._uptime.milliseconds,
                pieces=[
                    LogPiece(
                        run_id=ref.run_id,
                        attempt=ref.attempt,
                        stream=piece.stream,
                        sequence=piece.sequence,
                        ago_ms=round((now - piece.at) * 1000),
                        text=piece.text,
                    )
                    for ref, piece in batch
                ],
            )
            try:
                await self._outbox.send(LOG_QUEUE.name, LOGS.encode(message), durable=True)
            except BrokerUnavailableError as error:
                log.warning("output waits for the broker", cause=error.detail)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            break
        async with self._sent:
            self._sent_count += len(batch)
            self._sent.notify_all()
        if not self.gate.is_open and self._characters < MOST_WAITING_CHARACTERS // 2:
            self.gate.open()
