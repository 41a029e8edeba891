"""What the loops and services of a process have done: logged at debug, and awaited by tests."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import structlog

T = TypeVar("T")

_TIMEOUT_SECONDS = 20.0
"""Longer than any pass takes on a busy machine: only a test that fails waits for so long."""

log = structlog.get_logger()


class PassWatch(Generic[T]):
    """The results of one type that were recorded since the watch began."""

    def __init__(self) -> None:
        self._results: asyncio.Queue[T] = asyncio.Queue()

    def add(self, result: T) -> None:
        """Add a result; never blocks."""
        self._results.put_nowait(result)

    async def next(
        self, condition: Callable[[T], bool] = lambda _: True, *, timeout_seconds: float = _TIMEOUT_SECONDS
    ) -> T:
        """Return the next result that meets the condition; results before it are dropped. Raises `TimeoutError`."""
        async with asyncio.timeout(timeout_seconds):
            while not condition(result := await self._results.get()):
                pass
            return result


class Passes:
    """Receives one typed result a pass, such as `AssignPass(assigned=3)`.

    It is the named signal of each loop: a test watches the loop's type of result instead of polling.
    """

    def __init__(self) -> None:
        self._watches: list[tuple[type[Any], PassWatch[Any]]] = []

    def record(self, result: object) -> None:
        """Log the result of a pass, after its commit, and give it to those who watch its type."""
        log.debug("Pass finished.", result=result)
        for kind, watch in self._watches:
            if isinstance(result, kind):
                watch.add(result)

    @contextmanager
    def watch(self, kind: type[T]) -> Iterator[PassWatch[T]]:
        """Collect the results of one type until the block ends."""
        watch = PassWatch[T]()
        entry = (kind, watch)
        self._watches.append(entry)
        try:
            yield watch
        finally:
            self._watches.remove(entry)
