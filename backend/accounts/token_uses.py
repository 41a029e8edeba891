"""When personal API tokens were used last: noted in memory, stored at most once a minute in one statement."""

import asyncio
import time
from dataclasses import dataclass

import structlog
from sqlalchemy import text

from backend.database.connection import Database
from backend.events.passes import Passes
from shared.errors import DatabaseUnavailableError

INTERVAL_SECONDS = 60.0
"""A token that is used for each request costs one small update a minute, not one a request."""

# By the primary key. Another replica may have stored a later use.
STORE = text(
    """
    update api_tokens t set last_used_at = greatest(t.last_used_at, now() - u.ago_ms * interval '1 millisecond')
    from unnest(cast(:token_ids as bigint[]), cast(:ago_ms as bigint[])) as u (token_id, ago_ms)
    where t.id = u.token_id
    """
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class TokenUsesStored:
    """One pass: the tokens whose last use was stored."""

    token_ids: tuple[int, ...]


class TokenUses:
    """Stores the first use at once, and those of each following interval at its end.

    Uses of the last interval before the process ends are lost: they are shown, and decide nothing.
    """

    def __init__(self, database: Database, passes: Passes, *, interval_seconds: float = INTERVAL_SECONDS) -> None:
        self._database = database
        self._passes = passes
        self._interval = interval_seconds
        self._used: dict[int, float] = {}
        self._is_used = asyncio.Event()

    def note(self, token_id: int) -> None:
        """Note that a token is used now."""
        self._used[token_id] = time.monotonic()
        self._is_used.set()

    async def run(self) -> None:
        """Store until cancelled."""
        while True:
            await self._is_used.wait()
            self._is_used.clear()
            used, self._used = self._used, {}
            try:
                await self._store(used)
            except DatabaseUnavailableError as error:
                log.warning("Uses of tokens wait for the database.", cause=error.detail)
                self._used = used | self._used
                self._is_used.set()
            await asyncio.sleep(self._interval)

    async def _store(self, used: dict[int, float]) -> None:
        now = time.monotonic()
        token_ids = sorted(used)
        ago = [round((now - used[token_id]) * 1000) for token_id in token_ids]
        async with self._database.transaction() as connection:
            await connection.execute(STORE, {"token_ids": token_ids, "ago_ms": ago})
        self._passes.record(TokenUsesStored(tuple(token_ids)))
