"""Output of commands, as workers stream it."""

import asyncio
from collections.abc import Sequence

from backend.broker.messages import LogBatch
from backend.context import ServiceContext
from backend.runs import logs


class LogIntake:
    """Stores pieces of output and wakes those who follow them in this process."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._news = asyncio.Condition()

    async def handle(self, batches: Sequence[LogBatch]) -> None:
        """Store a batch of pieces in one statement."""
        pieces = [piece for batch in batches for piece in batch.pieces]
        if not pieces:
            return
        async with self._context.database.transaction() as connection:
            await logs.insert_pieces(connection, pieces)
        async with self._news:
            self._news.notify_all()

    async def wait_for_news(self, *, timeout_seconds: float) -> None:
        """Return when this process stored output of any run, or when the time has passed."""
        try:
            async with asyncio.timeout(timeout_seconds), self._news:
                await self._news.wait()
        except TimeoutError:
            return
