"""The meaning of a cron expression, field by field, for the sentences that describe it."""

from dataclasses import dataclass
from itertools import product

from shared.schedule import cron_fields
from shared.schedule.cron_fields import parse_fields
from shared.schedule.number_shapes import Shape

_MAX_NAMED_TIMES = 6
"""A sentence names the times of a day up to so many; beyond, it describes the fields."""


@dataclass(frozen=True, slots=True)
class MonthDays:
    """Days by their number."""

    days: Shape


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day of the month."""


@dataclass(frozen=True, slots=True)
class NearestWorkday:
    """The day from Monday to Friday that is nearest to a day of the month, and in that month."""

    day: int


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Days of the week, from 1 (Monday) to 7."""

    days: Shape


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """The n-th of a day of the week in its month; n None: the last."""

    weekday: int
    nth: int | None


Day = MonthDays | LastDay | NearestWorkday | Weekdays | NthWeekday


@dataclass(frozen=True, slots=True)
class CronMeaning:
    """The fields.

    A day matches one of each kind where `both_hold`, else one of either kind; where both are empty, every day matches.
    """

    second: Shape
    minute: Shape
    hour: Shape
    month: Shape
    of_month: tuple[Day, ...]
    of_week: tuple[Day, ...]
    both_hold: bool

    @property
    def times(self) -> list[tuple[int, int, int]]:
        """The times of a day as (hour, minute, second), where they are few enough to be named."""
        count = len(self.hour.numbers) * len(self.minute.numbers) * len(self.second.numbers)
        if count > _MAX_NAMED_TIMES:
            return []
        return sorted(product(self.hour.numbers, self.minute.numbers, self.second.numbers))

    @property
    def is_daily(self) -> bool:
        """Whether it is about every day of every month."""
        return not self.of_month and not self.of_week and self.month.is_all


def cron_meaning(text: str, *, hash_key: str) -> CronMeaning:
    """Return the meaning of an expression that `CronExpression.parse` accepts."""
    fields = parse_fields(text, hash_key=hash_key)
    month_is_all, week_is_all = fields.month_days.is_all, fields.week_days.is_all
    if not fields.both_days_hold and (month_is_all or week_is_all):
        month_is_all = week_is_all = True
    return CronMeaning(
        second=Shape(fields.seconds, 0, 60),
        minute=Shape(fields.minutes, 0, 60),
        hour=Shape(fields.hours, 0, 24),
        month=Shape(fields.months, 1, 12),
        of_month=() if month_is_all else _days_of_month(fields.month_days),
        of_week=() if week_is_all else _days_of_week(fields.week_days),
        both_hold=fields.both_days_hold,
    )


def _days_of_month(wanted: cron_fields.MonthDays) -> tuple[Day, ...]:
    plain: list[Day] = [MonthDays(Shape(wanted.days, 1, 31))] if wanted.days else []
    last: list[Day] = [LastDay()] if wanted.has_last else []
    return (*plain, *last, *(NearestWorkday(day) for day in wanted.nearest_weekday_to))


def _days_of_week(wanted: cron_fields.WeekDays) -> tuple[Day, ...]:
    plain = tuple(sorted(day or 7 for day in wanted.days))
    nth = sorted(wanted.nth, key=lambda pair: (pair[1] is None, pair[1] or 0, pair[0] or 7))
    return (
        *([Weekdays(Shape(plain, 1, 7))] if plain else []),
        *(NthWeekday(weekday or 7, place) for weekday, place in nth),
    )
