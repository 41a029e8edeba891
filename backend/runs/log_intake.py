"""Store the output that workers send, and wake followers in this process."""

import asyncio
from collections.abc import Sequence

from backend.broker.messages import LogBatch
from backend.context import ServiceContext
from backend.runs import logs


class LogIntake:
    """Handles the queue of logs."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._stored = asyncio.Condition()

    async def handle(self, batches: Sequence[LogBatch]) -> None:
        """Store a batch of pieces in one statement."""
        pieces = [piece for batch in batches for piece in batch.pieces]
        if not pieces:
            return
        async with self._context.database.transaction() as connection:
            await logs.insert_pieces(connection, pieces)
        async with self._stored:
            self._stored.notify_all()

    async def wait_for_output(self, *, timeout_seconds: float) -> None:
        """Return when this process stored output of any run, or after the timeout."""
        try:
            async with asyncio.timeout(timeout_seconds), self._stored:
                await self._stored.wait()
        except TimeoutError:
            return
