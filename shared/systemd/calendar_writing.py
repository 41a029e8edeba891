"""Schedules of tasks as settings of a timer: `OnCalendar=` for cron and single times, else times since an event."""

from datetime import UTC
from zoneinfo import ZoneInfo

from shared.schedule.cron_fields import CronFields, MonthDays, WeekDays, parse_fields
from shared.schedule.plain_schedules import Delay, Interval, OneShot
from shared.schedule.schedule import parse_schedule
from shared.systemd.calendar_reading import CalendarError
from shared.systemd.numbers import as_systemd

_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_ALL_DAYS = tuple(range(1, 32))
_LAST_DAY = "~01"
_LAST_SEVEN_DAYS = "~07/1"
_DAYS_OF_A_WEEK = 7


def timer_settings(schedule: str, *, timezone: str, hash_key: str) -> list[tuple[str, str]]:
    """Return settings of the section `[Timer]`; raises `CalendarError` for what systemd cannot express."""
    found = parse_schedule(schedule, hash_key=hash_key)
    if isinstance(found, Interval):
        seconds = f"{int(found.step.total_seconds())}s"
        return [("OnActiveSec", seconds), ("OnUnitActiveSec", seconds)]
    if isinstance(found, Delay):
        seconds = f"{int(found.length.total_seconds())}s"
        return [("OnActiveSec", seconds), ("OnUnitInactiveSec", seconds)]
    if isinstance(found, OneShot):
        zone = ZoneInfo(timezone)
        times = [at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=zone).astimezone(UTC) for at in found.times]
        return [("OnCalendar", f"{at:%Y-%m-%d %H:%M:%S} UTC") for at in sorted(times)]
    fields = parse_fields(schedule, hash_key=hash_key)
    return [("OnCalendar", f"{line} {timezone}") for line in _calendars(fields)]


def _calendars(fields: CronFields) -> list[str]:
    """Return expressions of which one matches at each time of the schedule, without its time zone."""
    months = as_systemd(fields.months, 1, 12)
    times = (as_systemd(fields.hours, 0, 23), as_systemd(fields.minutes, 0, 59), as_systemd(fields.seconds, 0, 59))
    return [f"{weekday}*-{months}{day} {':'.join(times)}" for weekday, day in _days(fields)]


def _days(fields: CronFields) -> list[tuple[str, str]]:
    """Return pairs of weekdays and days of the month, each as systemd writes them, of which one must match."""
    month, week = fields.month_days, fields.week_days
    if month.nearest_weekday_to:
        raise CalendarError("the weekday nearest to a day of the month (W) cannot be expressed")
    if month.is_all and week.is_all:
        return [("", "-*")]
    if fields.both_days_hold:
        return _both(month, week)
    if month.is_all or week.is_all:
        return [("", "-*")]  # one of the two always matches
    return [*_both(month, WeekDays(days=tuple(range(_DAYS_OF_A_WEEK)))), *_both(MonthDays(days=_ALL_DAYS), week)]


def _both(month: MonthDays, week: WeekDays) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    plain = "" if week.is_all else f"{as_weekdays(week.days)} " if week.days else None
    if plain is not None:
        if month.days:
            found.append((plain, f"-{as_systemd(month.days, 1, 31)}"))
        if month.has_last:
            found.append((plain, _LAST_DAY))
    for weekday, place in week.nth:
        found += _nth(month, weekday, place)
    return found


def _nth(month: MonthDays, weekday: int, place: int | None) -> list[tuple[str, str]]:
    name = f"{_WEEKDAYS[weekday]} "
    if place is None:
        if not month.is_all:
            raise CalendarError("the last of a weekday that is also a given day of the month cannot be expressed")
        return [(name, _LAST_SEVEN_DAYS)]
    first = (place - 1) * _DAYS_OF_A_WEEK + 1
    days = tuple(day for day in range(first, min(first + _DAYS_OF_A_WEEK, 32)) if day in month.days)
    if month.has_last:
        raise CalendarError("a weekday of the month that is also its last day cannot be expressed")
    return [(name, f"-{as_systemd(days, 1, 31)}")] if days else []


def as_weekdays(days: tuple[int, ...]) -> str:
    """Return days of the week, from 0 (Sunday), as systemd writes them."""
    return ",".join(_WEEKDAYS[day] for day in sorted(days, key=lambda day: day or 7))
