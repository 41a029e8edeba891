"""Passes the wish to cancel on to the workers, again until they have answered."""

import time

from backend.broker.messages import AttemptRef
from backend.database.leadership import LeaderSession
from backend.dispatcher.command_sender import CommandSender
from backend.events.wakes import WakeReason, WakeReceiver
from backend.runs import claim as dispatch_queue

_REPEAT_SECONDS = 5.0


class Canceller:
    """Sends cancels in the order in which assignments were sent."""

    def __init__(self, session: LeaderSession, sender: CommandSender) -> None:
        self.wakes = WakeReceiver({WakeReason.CANCEL_REQUESTED})
        self._session = session
        self._sender = sender
        self._asked: dict[AttemptRef, float] = {}

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self.wakes.wait(timeout_seconds=_REPEAT_SECONDS)
            if self._sender.can_send:
                await self._send()

    async def _send(self) -> None:
        async with self._sender.in_order():
            async with self._session.transaction() as connection:
                rows = await dispatch_queue.cancelling(connection)
            now = time.monotonic()
            wanted = {AttemptRef(row.run_id, row.attempt): row.worker_id for row in rows}
            self._asked = {ref: at for ref, at in self._asked.items() if ref in wanted}
            batches: dict[str, list[AttemptRef]] = {}
            for ref, worker_id in wanted.items():
                if now - self._asked.get(ref, -_REPEAT_SECONDS) >= _REPEAT_SECONDS:
                    batches.setdefault(worker_id, []).append(ref)
                    self._asked[ref] = now
            for worker_id, attempts in batches.items():
                await self._sender.cancel(worker_id, attempts)
