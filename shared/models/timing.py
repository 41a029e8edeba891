"""When a task is due, from its fields."""

from collections.abc import Iterable
from datetime import datetime

from shared.enums import CalendarPolicy
from shared.models.schedule import BlackoutWindow
from shared.schedule.calendars import DayCalendar
from shared.schedule.schedule import parse_schedule
from shared.schedule.timing import Timing
from shared.time_zones import time_zone


def timing_of(
    *,
    name: str,
    schedule: str,
    timezone: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    calendar: DayCalendar | None = None,
    calendar_policy: str = CalendarPolicy.SKIP,
    blackouts: Iterable[BlackoutWindow] = (),
) -> Timing:
    """Return what decides; `H` in the schedule spreads by the name. Raises `CronError`."""
    return Timing(
        schedule=parse_schedule(schedule, hash_key=name),
        zone=time_zone(timezone),
        starts_at=starts_at,
        ends_at=ends_at,
        calendar=calendar,
        calendar_policy=CalendarPolicy(calendar_policy),
        blackouts=tuple(window.decider() for window in blackouts),
    )
