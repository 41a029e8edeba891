"""Answers that anybody may ask for: made once a second at most, however many ask."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from shared.errors import TaskdeckError
from shared.process_clock import monotonic_seconds

T = TypeVar("T")

KEPT_SECONDS = 1.0
"""Far below the interval of probes and scrapes, and enough that a flood of them costs one statement a second."""


class SharedAnswer(Generic[T]):
    """The result of `make`, or its error, for everybody who asks within the next second.

    While it is made, those who ask wait for it.
    """

    def __init__(
        self, make: Callable[[], Awaitable[T]], *, kept_seconds: float = KEPT_SECONDS,
        clock: Callable[[], float] = monotonic_seconds,
    ) -> None:  # fmt: skip
        self._make = make
        self._kept_seconds = kept_seconds
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._made: tuple[float, T | TaskdeckError] | None = None

    async def get(self) -> T:
        """Return the result; raises the `TaskdeckError` of `make`."""
        async with self._one_at_a_time:
            if self._made is None or self._clock() - self._made[0] >= self._kept_seconds:
                outcome: T | TaskdeckError
                try:
                    outcome = await self._make()
                except TaskdeckError as error:
                    outcome = error
                self._made = (self._clock(), outcome)
            outcome = self._made[1]
        if isinstance(outcome, TaskdeckError):
            raise outcome
        return outcome
