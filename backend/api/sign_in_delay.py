"""How long a sign-in waits after failed ones for the same name.

A name is never locked: anybody could lock out its owner. The delay limits how fast one source can guess, and the owner
waits a few seconds at most.
"""

from datetime import timedelta

_FREE_FAILURES = 3
"""Typing errors of a person."""
_FIRST = timedelta(seconds=0.5)
GREATEST_DELAY = timedelta(seconds=8)
"""Shorter than the 12 s within which a request is answered."""


def delay_after(failures: int) -> timedelta:
    """Return the delay: none for a few failures, then doubled with each one up to a maximum."""
    if failures <= _FREE_FAILURES:
        return timedelta()
    doublings = min(failures - _FREE_FAILURES - 1, 10)
    return min(_FIRST * (1 << doublings), GREATEST_DELAY)
