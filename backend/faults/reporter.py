"""Reports faults from where no transaction is open: services, threads and readers."""

import asyncio
from dataclasses import dataclass

import structlog

from backend.database.connection import Database
from backend.events.passes import Passes
from backend.faults.model import NewFault
from backend.faults.store import store_faults
from shared.errors import DatabaseUnavailableError

MOST_WAITING = 500
"""Different faults that wait for the database; it bounds the memory. Further ones are only logged."""
_PAUSE_SECONDS = 1.0
"""Faults of this time are stored together, and a repetition only counts."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class FaultsStored:
    """One write: how many faults it stored or counted."""

    stored: int


class FaultReporter:
    """Collects faults without blocking, and stores them as a service."""

    def __init__(self, database: Database, passes: Passes) -> None:
        self._database = database
        self._passes = passes
        self._waiting: dict[object, tuple[NewFault, int]] = {}
        self._ready = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def report(self, fault: NewFault) -> None:
        """Store a fault soon; never blocks and never raises."""
        _, count = self._waiting.get(fault.key, (fault, 0))
        if not count and len(self._waiting) >= MOST_WAITING:
            log.error("A fault is not stored: too many others wait.", object=fault.object_id, cause=fault.cause)
            return
        self._waiting[fault.key] = (fault, count + 1)
        self._ready.set()

    def report_from_thread(self, fault: NewFault) -> None:
        """The same from another thread than that of the event loop; without effect before the service runs."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.report, fault)

    async def run(self) -> None:
        """Store until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            await self._ready.wait()
            self._ready.clear()
            waiting, self._waiting = self._waiting, {}
            try:
                async with self._database.transaction() as connection:
                    await store_faults(
                        connection,
                        [fault for fault, _ in waiting.values()],
                        counts=[count for _, count in waiting.values()],
                    )
                self._passes.record(FaultsStored(len(waiting)))
            except DatabaseUnavailableError:
                self._waiting = waiting | self._waiting
                self._ready.set()
            await asyncio.sleep(_PAUSE_SECONDS)
