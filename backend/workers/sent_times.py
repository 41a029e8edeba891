"""How long ago a message of a worker was sent, by the database's clock."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.workers.clock_offset import time_on_its_way

STARTS = text("select id, incarnation, started_at, now() as now from workers where id = any(cast(:ids as text[]))")
_FRESH_SECONDS = 10.0
"""How long what was read is used. A start's estimate improves by 10 ms in this time (`clock_offset.DRIFT`). A question
for each batch of reports and logs would be three statements a run."""


class SentMessage(Protocol):
    """A message of a worker that says when it was sent."""

    @property
    def worker_id(self) -> str:
        """The worker."""

    @property
    def incarnation(self) -> str:
        """Its process."""

    @property
    def sent_ms(self) -> int | None:
        """Milliseconds after the process started; None from a worker of an earlier version."""


@dataclass(frozen=True, slots=True)
class _Start:
    """When a process of a worker started, and the database's time when that was read."""

    started_at: datetime
    now: datetime
    read_at: float


class SentTimes:
    """Keeps when the processes of the workers started."""

    def __init__(self) -> None:
        self._starts: dict[tuple[str, str], _Start] = {}

    async def on_their_way(self, connection: AsyncConnection, messages: Sequence[SentMessage]) -> list[int]:
        """Return for each message how many milliseconds ago it was sent; 0 where that is unknown."""
        loop_time = asyncio.get_running_loop().time()
        await self._read(connection, messages, loop_time)
        return [self._on_its_way(message, loop_time) for message in messages]

    async def _read(self, connection: AsyncConnection, messages: Sequence[SentMessage], loop_time: float) -> None:
        """Read the starts of workers that are unknown or were read long ago."""
        fresh = {key for key, start in self._starts.items() if loop_time - start.read_at < _FRESH_SECONDS}
        if all((message.worker_id, message.incarnation) in fresh for message in messages):
            return
        rows = await connection.execute(STARTS, {"ids": sorted({message.worker_id for message in messages})})
        read = {(row.id, row.incarnation): _Start(row.started_at, row.now, loop_time) for row in rows}
        self._starts = {key: self._starts[key] for key in fresh} | read

    def _on_its_way(self, message: SentMessage, loop_time: float) -> int:
        start = self._starts.get((message.worker_id, message.incarnation))
        if start is None or message.sent_ms is None:
            return 0
        sent = timedelta(milliseconds=message.sent_ms)
        now = start.now + timedelta(seconds=loop_time - start.read_at)
        return round(time_on_its_way(start.started_at, sent=sent, now=now) / timedelta(milliseconds=1))
