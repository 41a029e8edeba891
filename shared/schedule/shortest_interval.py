"""The shortest time between two occurrences of a schedule."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

from shared.schedule.cron import CronExpression
from shared.schedule.plain_schedules import Interval
from shared.schedule.schedule import Schedule
from shared.time_zones import time_zone

_START = datetime(2024, 1, 1, tzinfo=UTC)
_COMPARED = 400
"""Enough for a day of any pattern of minutes, and for a year of daily ones."""


def shortest_interval(schedule: Schedule) -> timedelta | None:
    """Return the shortest time between two occurrences in a year without clock changes; None where none repeats.

    Of a schedule with more than a few hundred occurrences the first ones are compared.
    """
    if isinstance(schedule, Interval):
        return schedule.step
    if not isinstance(schedule, CronExpression):
        return None
    times = islice(schedule.iterate(_START, zone=time_zone("UTC")), _COMPARED)
    return min((later - former for former, later in pairwise(times)), default=None)
