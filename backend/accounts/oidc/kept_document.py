"""A document of the provider that is fetched when it is needed, and kept for a while."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_KEPT_SECONDS = 3600.0
"""Addresses and keys of a provider change within days, and keys that are not known are fetched at once."""


class KeptDocument(Generic[T]):
    """One document, fetched by one caller at a time; the others wait for it, each within its own time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._fetching = asyncio.Lock()
        self._found: T | None = None
        self._fetched_at = 0.0

    async def get(self, fetch: Callable[[], Awaitable[T]]) -> T:
        """Return the document as it was fetched within the last hour, or fetch it; raises what `fetch` raises."""
        async with self._fetching:
            if self._found is None or self._clock() - self._fetched_at >= _KEPT_SECONDS:
                self._found = await fetch()
                self._fetched_at = self._clock()
            return self._found

    def forget(self) -> None:
        """Fetch it when it is needed next."""
        self._found = None
