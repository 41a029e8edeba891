"""Sends requested cancellations to workers, and repeats them until the worker reports."""

import time
from dataclasses import dataclass

from backend.broker.messages import AttemptRef
from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.dispatcher.command_sender import CommandSender
from backend.events.wakes import WakeReason, WakeReceiver
from backend.runs.claim import cancelling

_REPEAT_SECONDS = 5.0
"""A message may be lost, so a cancellation is sent again. A worker takes up to 10 s to end a command."""


@dataclass(frozen=True, slots=True)
class CancelPass:
    """To how many attempts a cancellation was sent."""

    sent: int


class CancelLoop:
    """Sends in the order of decisions, after the assignments that were decided before."""

    def __init__(self, context: ServiceContext, session: LeaderSession, sender: CommandSender) -> None:
        self.wakes = WakeReceiver({WakeReason.CANCEL_REQUESTED})
        self._context = context
        self._session = session
        self._sender = sender
        self._sent_at: dict[AttemptRef, float] = {}

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self.wakes.wait(timeout_seconds=_REPEAT_SECONDS)
            if self._sender.can_send:
                self._context.passes.record(await self._send())

    async def _send(self) -> CancelPass:
        async with self._sender.in_order():
            async with self._session.transaction() as connection:
                rows = await cancelling(connection)
            now = time.monotonic()
            requested = {AttemptRef(row.run_id, row.attempt): row.worker_id for row in rows}
            self._sent_at = {ref: at for ref, at in self._sent_at.items() if ref in requested}
            batches: dict[str, list[AttemptRef]] = {}
            for ref, worker_id in requested.items():
                if now - self._sent_at.get(ref, -_REPEAT_SECONDS) >= _REPEAT_SECONDS:
                    batches.setdefault(worker_id, []).append(ref)
                    self._sent_at[ref] = now
            for worker_id, attempts in batches.items():
                await self._sender.cancel(worker_id, attempts)
        return CancelPass(sum(len(attempts) for attempts in batches.values()))
