"""The monotonic clock as a default argument: looked up at each call, so that a simulation can replace it."""

import time


def monotonic_seconds() -> float:
    """Return `time.monotonic()`, by the name that `time` has now."""
    return time.monotonic()
