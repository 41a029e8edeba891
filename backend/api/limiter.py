"""Limits of requests and of sign-ins, by user, by address and by name."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from backend.accounts.random_tokens import hashed
from backend.api.address_prefix import address_prefix
from backend.api.shared_counts import SharedCounts
from backend.api.sign_in_delay import delay_after
from backend.events.passes import Passes
from backend.settings import Settings
from shared.errors import RateLimitedError, UnauthorizedError

_MINUTE = 60
_FAILURES_SECONDS = 15 * 60
"""How long failed sign-ins delay others for the same name, from the first one on."""


class Limiter:
    """Counts requests per minute."""

    def __init__(
        self, settings: Settings, passes: Passes, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Raises `StartupError` if `TASKDECK_REDIS_URL` cannot be used."""
        self.counts = SharedCounts(settings.redis_url, passes)
        self._requests = settings.requests_per_minute
        self._sign_ins = settings.login_attempts_per_minute
        self._invalid_tokens = settings.invalid_tokens_per_minute
        self._sleep = sleep

    async def count_request(self, user_id: int) -> None:
        """Count a request of a user; raises `RateLimitedError`."""
        if await self.counts.add(f"request/{user_id}", seconds=_MINUTE) > self._requests:
            raise RateLimitedError("You sent too many requests. Wait a minute.", retry_after_seconds=_MINUTE)

    @asynccontextmanager
    async def sign_in(self, username: str, address: str) -> AsyncIterator[None]:
        """Count an attempt to sign in, and wait before it if there were failures for this name.

        Raises `RateLimitedError` for an address with too many attempts, before anything is counted for the name. An
        attempt is a failure until it has ended otherwise, so that guesses at the same moment delay each other. An
        `UnauthorizedError` of the block leaves it one, as does a client that does not wait.
        """
        await self.count_attempt(address)
        failures = f"failures/{hashed(username)}"
        others = await self.counts.add(failures, seconds=_FAILURES_SECONDS) - 1
        await self._sleep(delay_after(others).total_seconds())
        try:
            yield
        except UnauthorizedError:
            raise
        except Exception:
            await self._is_no_failure(failures)
            raise
        await self._is_no_failure(failures)

    async def _is_no_failure(self, failures: str) -> None:
        await self.counts.add(failures, amount=-1, seconds=_FAILURES_SECONDS)

    async def count_attempt(self, address: str) -> None:
        """Count an attempt that costs the hash of a password, by the prefix of the address."""
        if await self.counts.add(f"sign-in/{address_prefix(address)}", seconds=_MINUTE) > self._sign_ins:
            raise RateLimitedError(
                "Too many attempts to sign in from your address. Wait a minute, then try again.",
                retry_after_seconds=_MINUTE,
            )

    @asynccontextmanager
    async def token_use(self, address: str) -> AsyncIterator[None]:
        """Count an `UnauthorizedError` of the block for the address.

        Raises `RateLimitedError` for an address from which too many came: guesses then cost no statement.
        """
        if await self.counts.count(_refused(address)) >= self._invalid_tokens:
            raise RateLimitedError(
                "Too many requests with invalid tokens came from your address. Wait a minute, then sign in again.",
                retry_after_seconds=_MINUTE,
            )
        try:
            yield
        except UnauthorizedError:
            await self.count_refused(address)
            raise

    async def count_refused(self, address: str) -> None:
        """Count a token that was not valid."""
        await self.counts.add(_refused(address), seconds=_MINUTE)


def _refused(address: str) -> str:
    return f"refused/{address_prefix(address)}"
