"""In which order waiting runs start, as numbers that never change while a run waits."""

from datetime import timedelta

from shared.enums import Priority, PriorityLevel

CRITICAL_HEAD_START = timedelta(days=100_000)
"""Far more than any run can wait, so that no amount of waiting lifts another run above a critical one."""


def head_start(priority: Priority, *, aging: timedelta) -> timedelta:
    """Return how much earlier than its actual time a run counts as queued.

    A run that has waited `aging` longer stands level with one that is one priority above it: so nothing
    starves, and the order of two waiting runs never changes, which makes it one index scan.
    """
    if priority is Priority.CRITICAL:
        return CRITICAL_HEAD_START
    return aging * (priority.level - PriorityLevel.LOW)
