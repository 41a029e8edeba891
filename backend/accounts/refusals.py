"""Refused requests for the audit log: counted in memory and stored once a minute, so that nobody can fill the table."""

import asyncio
from collections import Counter
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, Origin, ServiceContext
from shared.errors import DatabaseUnavailableError

SIGN_IN_FAILED = "auth.sign_in_failed"
REFUSED = "auth.refused"

_INTERVAL_SECONDS = 60.0
_MOST_ENTRIES = 50
"""Stored in one interval: 72,000 a day at most, about 20 MB. What is beyond is one entry with the number."""
_MOST_KINDS = 10_000
"""Held in memory: a few megabytes."""
_MOST_TEXT = 200
"""Characters of a path or a name that are stored."""
_END_SECONDS = 5.0
"""A process that stops waits for the database for so long."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A kind of refusal: who, from where, and what; `what` is a path, or the name of a failed sign-in.

    `cause` says more than the status does, in at most 300 characters.
    """

    action: str
    status: int
    what: str
    address: str
    user_id: int | None = None
    user_name: str | None = None
    cause: str = ""


_REST = Refusal(REFUSED, 0, "many", "many")


@dataclass(frozen=True, slots=True)
class RefusalsStored:
    """One pass: how many refusals were stored, in how many entries."""

    refusals: int
    entries: int


class Refusals:
    """Stores the first refusal at once, and those of each following interval at its end."""

    def __init__(self, context: ServiceContext, *, interval_seconds: float = _INTERVAL_SECONDS) -> None:
        self._context = context
        self._interval = interval_seconds
        self._counts: Counter[Refusal] = Counter()
        self._others = 0
        self._is_noted = asyncio.Event()

    def note(self, refusal: Refusal) -> None:
        """Count a refusal; never blocks."""
        if refusal in self._counts or len(self._counts) < _MOST_KINDS:
            self._counts[refusal] += 1
        else:
            self._others += 1
        self._is_noted.set()

    async def run(self) -> None:
        """Store until cancelled; what is noted in the last interval is stored at the end."""
        try:
            while True:
                await self._is_noted.wait()
                self._is_noted.clear()
                try:
                    await self._store()
                except DatabaseUnavailableError as error:
                    log.warning("Refused requests wait for the database.", cause=error.detail)
                    self._is_noted.set()
                await asyncio.sleep(self._interval)
        finally:
            if self._counts:
                await self._store_at_end()

    async def _store_at_end(self) -> None:
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self._store()
        except (DatabaseUnavailableError, TimeoutError):
            log.warning("Refused requests were not recorded: the database is unavailable.", count=self._counts.total())

    async def _store(self) -> None:
        counts, others = self._counts.copy(), self._others
        stored = counts.most_common(_MOST_ENTRIES)
        rest = others + counts.total() - sum(count for _, count in stored)
        async with self._context.database.transaction() as connection:
            for refusal, count in stored:
                await _insert(connection, refusal, count)
            if rest:
                await _insert(connection, _REST, rest)
        self._counts.subtract(counts)
        self._counts = +self._counts
        self._others -= others
        self._context.passes.record(RefusalsStored(counts.total() + others, len(stored) + bool(rest)))


async def _insert(connection: AsyncConnection, refusal: Refusal, count: int) -> None:
    is_sign_in = refusal.action == SIGN_IN_FAILED
    await audit.record(
        connection,
        actor=Actor(refusal.user_id, refusal.user_name or "anonymous", Origin(address=refusal.address)),
        action=refusal.action,
        object_type="user" if is_sign_in else "request",
        object_id=refusal.what[:_MOST_TEXT],
        detail={"count": count}
        | ({"status": refusal.status} if refusal.status else {})
        | ({"cause": refusal.cause} if refusal.cause else {}),
    )
