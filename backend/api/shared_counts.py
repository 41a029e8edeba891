"""Counters with an expiry: in Redis if the settings name one, in this process otherwise.

A Redis that is away is not waited for: this process counts on its own until Redis answers again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.errors import ConfigurationError, StorageError

from backend.events.passes import Passes
from shared.errors import StartupError

_TIMEOUT_SECONDS = 0.25
"""Far longer than Redis takes. Only requests that are waiting when it stops to answer wait for so long."""
_CONNECTIONS = 8
"""Requests that come at the same moment share them: to open one for each would take longer than the timeout, and who
sends many at once could have them counted by this process alone."""
_CHECK_TIMEOUT_SECONDS = 2.0
_CHECK_EVERY_SECONDS = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CountsMoved:
    """Requests are counted in Redis from now on, or in this process."""

    is_shared: bool


class SharedCounts:
    """Counters by key."""

    def __init__(self, redis_url: str | None, passes: Passes) -> None:
        """Raises `StartupError` if the URL cannot be used; a server that does not answer is no error."""
        self._own = MemoryStorage()
        self._redis = _redis_storage(redis_url) if redis_url else None
        self._passes = passes
        self._is_away = asyncio.Event()

    async def add(self, key: str, *, seconds: int, amount: int = 1) -> int:
        """Add to a counter that expires `seconds` after its first use; return its new value."""
        return await self._ask(lambda storage: storage.incr(key, seconds, amount))

    async def count(self, key: str) -> int:
        """Return the value of a counter; 0 if it has expired."""
        return await self._ask(lambda storage: storage.get(key))

    async def run(self) -> None:
        """Return to Redis when it answers again, until cancelled."""
        if self._redis is None:
            return
        try:
            while True:
                await self._is_away.wait()
                await asyncio.sleep(_CHECK_EVERY_SECONDS)
                if await _answers(self._redis):
                    log.info("Redis answers again. Requests are counted there.")
                    self._is_away.clear()
                    self._passes.record(CountsMoved(is_shared=True))
        finally:
            redis = self._redis.bridge.get_connection()  # type: ignore[attr-defined]
            await redis.aclose(close_connection_pool=True)

    async def _ask(self, call: Callable[[Storage], Awaitable[int]]) -> int:
        if self._redis is None or self._is_away.is_set():
            return await call(self._own)
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                return await call(self._redis)
        except (StorageError, TimeoutError) as error:
            if not self._is_away.is_set():
                log.warning("Redis does not answer. This process counts requests on its own.", cause=str(error))
                self._is_away.set()
                self._passes.record(CountsMoved(is_shared=False))
            return await call(self._own)


async def _answers(redis: RedisStorage) -> bool:
    try:
        async with asyncio.timeout(_CHECK_TIMEOUT_SECONDS):
            return await redis.check()
    except (StorageError, TimeoutError):
        return False


def _redis_storage(url: str) -> RedisStorage:
    try:
        from redis.asyncio import BlockingConnectionPool
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
    except ImportError as error:
        raise StartupError(
            "TASKDECK_REDIS_URL needs the driver of Redis. Install it with: pip install 'taskdeck[redis]'"
        ) from error
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),  # own counters are quicker than another attempt
        )
        options: dict[str, Any] = {"connection_pool": pool}
        return RedisStorage(
            f"async+{url}", implementation="redispy", wrap_exceptions=True, key_prefix="taskdeck", **options
        )
    except (ConfigurationError, ValueError) as error:
        raise StartupError(
            "TASKDECK_REDIS_URL has no host, or no port that is a number. Set it to a URL such as redis://host:6379/0"
        ) from error
