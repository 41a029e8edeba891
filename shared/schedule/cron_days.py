"""Which days of a month match the two day fields of a cron expression."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime, timedelta

from shared.schedule.cron_fields import CronFields, MonthDays, WeekDays


def matching_days(fields: CronFields, year: int, month: int) -> tuple[int, ...]:
    """Return the days of a month that match, in ascending order."""
    first_weekday, length = monthrange(year, month)
    of_month = _days_of_month(fields.month_days, year, month, length)
    of_week = _days_of_week(fields.week_days, year, month, first_weekday=first_weekday, length=length)
    return tuple(sorted(of_month & of_week if fields.both_days_hold else of_month | of_week))


def _days_of_month(wanted: MonthDays, year: int, month: int, length: int) -> set[int]:
    days = {day for day in wanted.days if day <= length}
    if wanted.has_last:
        days.add(length)
    for day in wanted.nearest_weekday_to:
        days.update(_walk(f"0 0 {day}W * *", year, month))
    return days


def _days_of_week(wanted: WeekDays, year: int, month: int, *, first_weekday: int, length: int) -> set[int]:
    # Monday is 0 for the calendar module and 1 in a cron expression.
    plain = set(wanted.days)
    days = {day for day in range(1, length + 1) if (first_weekday + day) % 7 in plain}
    for weekday, place in wanted.nth:
        days.update(_walk(f"0 0 * * {f'L{weekday}' if place is None else f'{weekday}#{place}'}", year, month))
    return days


def _walk(expression: str, year: int, month: int) -> Iterator[int]:
    """Yield the days of a month that croniter finds for one of its own extensions."""
    from croniter import croniter  # slow to load, and few expressions need it

    walk = croniter(expression, datetime(year, month, 1) - timedelta(seconds=1))
    while (at := walk.get_next(datetime)).month == month and at.year == year:
        yield at.day
