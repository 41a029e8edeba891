"""How long a worker's process has been running."""

import time


def _now() -> float:
    """Return a time that also passes while the machine sleeps, as the database's does; CLOCK_MONOTONIC stands still."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(clock) if clock is not None else time.monotonic()


class Uptime:
    """The time since it was made: the clock by which messages say when they were sent."""

    def __init__(self) -> None:
        self._began = _now()

    @property
    def seconds(self) -> float:
        """The time in seconds."""
        return _now() - self._began

    @property
    def milliseconds(self) -> int:
        """The same in milliseconds."""
        return round(self.seconds * 1000)
