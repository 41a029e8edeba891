"""Notifies followers of logs that there is something new to read: one statement a second for all of them together."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Row, text

from backend.context import ServiceContext
from shared.errors import DatabaseUnavailableError

CHECK_SECONDS = 1.0
"""How late a follower reads output that another replica has stored, and that its run has ended."""

# By the primary keys of both tables.
NEWEST = text(
    """
    select r.id, r.status, r.attempt, c.attempt as of_attempt, c.sequence
    from runs r left join lateral (
        select attempt, sequence from log_chunks where run_id = r.id order by attempt desc, sequence desc limit 1
    ) c on true
    where r.id = any(:run_ids)
    """
)

log = structlog.get_logger()


class LogFollowers:
    """The followers of this replica, by run."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._followers: dict[int, list[asyncio.Event]] = {}
        self._seen: dict[int, Row[tuple[object, ...]]] = {}

    @contextmanager
    def of(self, run_id: int) -> Iterator[asyncio.Event]:
        """Yield an event that is set whenever there may be something new of a run."""
        event = asyncio.Event()
        self._followers.setdefault(run_id, []).append(event)
        try:
            yield event
        finally:
            self._followers[run_id].remove(event)
            if not self._followers[run_id]:
                del self._followers[run_id]
                self._seen.pop(run_id, None)

    def notify(self, run_ids: Iterable[int]) -> None:
        """Wake the followers of these runs."""
        for run_id in run_ids:
            for event in self._followers.get(run_id, ()):
                event.set()

    def notify_all(self) -> None:
        """Wake every follower."""
        self.notify(self._followers)

    async def run(self) -> None:
        """Check for what other replicas stored, until cancelled."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            if self._followers:
                try:
                    await self.check()
                except DatabaseUnavailableError as error:
                    log.warning("Followed logs wait for the database.", cause=error.detail)

    async def check(self) -> None:
        """Notify the followers of runs whose output or status changed since the last check, or that are gone."""
        asked = list(self._followers)
        async with self._context.database.statements() as connection:
            found = {row.id: row for row in await connection.execute(NEWEST, {"run_ids": asked})}
        self.notify(run_id for run_id in asked if found.get(run_id) != self._seen.get(run_id) or run_id not in found)
        self._seen = {run_id: row for run_id, row in found.items() if run_id in self._followers}
