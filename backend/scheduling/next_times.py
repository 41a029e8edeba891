"""The next times of a schedule for somebody who waits for the answer."""

from datetime import datetime
from itertools import islice

from shared.schedule.effort import TooMuchEffortError, effort_limit
from shared.schedule.timing import Timing

MOST_SECONDS = 0.15
"""Computing time, so that a question is answered or refused within 0.2 s. Usual schedules take a millisecond."""


def next_times(timing: Timing, count: int, *, after: datetime) -> list[datetime]:
    """Return up to `count` nominal times, fewer where more would take too long.

    Raises `TooMuchEffortError` where the first of them does.
    """
    found: list[datetime] = []
    try:
        with effort_limit(MOST_SECONDS):
            found.extend(islice(timing.iterate(after), count))
    except TooMuchEffortError:
        if not found:
            raise
    return found
