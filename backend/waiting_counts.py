"""Counts that no transaction of their own commits: gathered in memory, and added to the counters once a second."""

import asyncio
from collections import Counter

import structlog

from backend.database.connection import Database
from backend.database.metric_counts import add_counts
from backend.metric_kinds import LATENCY_BUCKETS, SUM, CountKind, bucket
from shared.errors import DatabaseUnavailableError

_PAUSE_SECONDS = 1.0
"""What a killed process counted within this time is lost."""

log = structlog.get_logger()


class WaitingCounts:
    """Counts of this process; a service that stores them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: Counter[tuple[CountKind, str]] = Counter()
        self._sums: dict[CountKind, float] = {}
        self._ready = asyncio.Event()

    def note(self, kind: CountKind, label: str = "", *, count: int = 1) -> None:
        """Count something; never blocks. Labels are of a small fixed set."""
        self._waiting[kind, label] += count
        self._ready.set()

    def note_seconds(self, kind: CountKind, seconds: float) -> None:
        """Count a time in its bucket of `LATENCY_BUCKETS`; never blocks."""
        seconds = max(0.0, seconds)
        self._waiting[kind, bucket(LATENCY_BUCKETS, seconds)] += 1
        self._sums[kind] = self._sums.get(kind, 0.0) + seconds
        self._ready.set()

    async def run(self) -> None:
        """Store until cancelled; what waits then is stored by `store`."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            await self.store()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def store(self) -> None:
        """Add what waits to the counters; without the database it goes on waiting."""
        counts, self._waiting = self._waiting, Counter()
        sums, self._sums = self._sums, {}
        try:
            async with self._database.transaction() as connection:
                await add_counts(connection, {**counts, **{(kind, SUM): value for kind, value in sums.items()}})
        except DatabaseUnavailableError as error:
            log.debug("Counts wait for the database.", cause=error.detail)
            self._put_back(counts, sums)
        except BaseException:
            self._put_back(counts, sums)
            raise

    def _put_back(self, counts: Counter[tuple[CountKind, str]], sums: dict[CountKind, float]) -> None:
        self._waiting.update(counts)
        for kind, value in sums.items():
            self._sums[kind] = self._sums.get(kind, 0.0) + value
        self._ready.set()
