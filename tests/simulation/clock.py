"""Virtual time: what the event loop, the clocks of `time` and the database's `now()` read during a simulation."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unittest import mock

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""The database's time at the start of each simulation."""


@dataclass(slots=True)
class VirtualClock:
    """`now` is the monotonic time in seconds; `shift` is how far the database's wall clock was set off."""

    now: float = 1000.0
    shift: timedelta = timedelta()
    began: float = 1000.0

    @property
    def elapsed(self) -> float:
        """Virtual seconds since the start."""
        return self.now - self.began

    @property
    def wall(self) -> datetime:
        """The database's time."""
        return EPOCH + timedelta(microseconds=round(self.elapsed * 1e6)) + self.shift


@contextmanager
def virtual_time(clock: VirtualClock) -> Iterator[None]:
    """Have `time.monotonic`, `time.time` and `time.clock_gettime` of this thread follow the clock.

    Other threads keep the real time.
    """
    here = threading.get_ident()

    def here_or(virtual: Callable[[], float], real: Callable[..., float]) -> Callable[..., float]:
        return lambda *clock_id: virtual() if threading.get_ident() == here else real(*clock_id)

    with ExitStack() as stack:
        for name, virtual in (
            ("monotonic", lambda: clock.now),
            ("clock_gettime", lambda: clock.now),
            ("time", lambda: EPOCH.timestamp() + clock.elapsed),
        ):
            stack.enter_context(mock.patch.object(time, name, here_or(virtual, getattr(time, name))))
        yield
