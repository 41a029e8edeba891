"""Where a worker's clock stands against the database's, and how long a message of it was on its way.

A worker says how long its process has been running. The database's time at which that was zero is the offset between
the two clocks, however wrong the worker's own time is. Each heartbeat shows an offset that is too late by the time that
the heartbeat was on its way, so the earliest one is the best.
"""

from datetime import datetime, timedelta

DRIFT = 0.001
"""How much faster than a worker's clock the database's may run: ten times what quartz clocks differ by."""

JUMP = timedelta(minutes=1)
"""A heartbeat is on its way for 15 s at most. An offset that is later by more than this is one of clocks that were set,
or of a machine that slept."""


def next_start(known: datetime, shown: datetime, *, elapsed: timedelta) -> datetime:
    """Return when a worker's process started, by the database's clock.

    `known` is the estimate so far, `shown` what a heartbeat shows, `elapsed` the time since the last heartbeat.
    """
    if shown <= known or shown - known > JUMP:
        return shown
    return min(shown, known + max(elapsed, timedelta()) * DRIFT)


def time_on_its_way(started_at: datetime, *, sent: timedelta, now: datetime) -> timedelta:
    """Return how long ago a message was sent, `sent` after its worker's process started; at least zero."""
    return max(now - started_at - sent, timedelta())
