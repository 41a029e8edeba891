"""What a cron expression says, field by field, for those who put it in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from croniter import croniter

from shared.schedule.day_fields import split_days
from shared.schedule.fields import split_fields
from shared.schedule.number_shapes import Shape, shape

_MOST_TIMES = 6


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
    """The fields. A day fits one of each kind where `both_hold`, else one of either; without any, every day fits."""

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
        if count > _MOST_TIMES:
            return []
        return sorted(product(self.hour.numbers, self.minute.numbers, self.second.numbers))

    @property
    def is_daily(self) -> bool:
        """Whether it is about every day of every month."""
        return not self.of_month and not self.of_week and self.month.is_all


def cron_meaning(text: str, *, hash_key: str) -> CronMeaning:
    """Return the meaning of an expression that `CronExpression.parse` accepts."""
    fields = split_fields(text).split()
    of_month, of_week = fields[2], fields[4]

    def numbers(position: int, field: str) -> Shape:
        low, size = ((0, 60), (0, 24), (1, 31), (1, 12), (0, 7), (0, 60))[position]
        return shape(_expanded(position, field, hash_key)[0], low=low, size=size)

    days = split_days(of_month, of_week)
    month_days = [day for part in days.of_month for day in _days_of_month(part, hash_key)]
    week_days = [day for part in days.of_week for day in _days_of_week(part, hash_key)]
    month_is_all, week_is_all = (
        any(isinstance(day, MonthDays | Weekdays) and day.days.is_all for day in found)
        for found in (month_days, week_days)
    )
    if not days.both_hold and (month_is_all or week_is_all):
        month_is_all = week_is_all = True
    return CronMeaning(
        second=numbers(5, fields[5] if len(fields) > 5 else "0"),
        minute=numbers(0, fields[0]),
        hour=numbers(1, fields[1]),
        month=numbers(3, fields[3]),
        of_month=() if month_is_all else tuple(month_days),
        of_week=() if week_is_all else tuple(week_days),
        both_hold=days.both_hold,
    )


def _expanded(position: int, field: str, hash_key: str) -> tuple[Sequence[int | str], Mapping[Any, Iterable[Any]]]:
    """Return the numbers of one field, and the n-th weekdays that it names."""
    fields = ["*"] * 6
    fields[position] = field
    expanded, nth = croniter.expand(" ".join(fields), hash_id=hash_key.encode())
    return expanded[position], nth


def _days_of_month(part: str, hash_key: str) -> list[Day]:
    if "W" in part.upper():
        return [NearestWorkday(int(part.upper().replace("W", "")))]
    found = _expanded(2, part, hash_key)[0]
    plain = [number for number in found if number != "l"]
    days: list[Day] = [MonthDays(shape(plain, low=1, size=31))] if plain else []
    return [*days, LastDay()] if "l" in found else days


def _days_of_week(part: str, hash_key: str) -> list[Day]:
    found, nth = _expanded(4, part, hash_key)
    if nth:
        named = [(weekday or 7, number) for weekday, numbers in nth.items() for number in numbers]
        named.sort(key=lambda pair: (pair[1] == "l", str(pair[1]), pair[0]))
        return [NthWeekday(weekday, None if number == "l" else int(number)) for weekday, number in named]
    return [Weekdays(shape([number if number == "*" else int(number) or 7 for number in found], low=1, size=7))]
