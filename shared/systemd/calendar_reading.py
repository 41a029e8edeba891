"""Calendar expressions of systemd (systemd.time(7), OnCalendar=) as schedules of tasks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from shared.schedule.cron_fields import MAX_CHARACTERS
from shared.systemd.numbers import as_cron
from shared.time_zones import time_zone

_SHORTHANDS = {
    "minutely": "*-*-* *:*:00",
    "hourly": "*-*-* *:00:00",
    "daily": "*-*-* 00:00:00",
    "monthly": "*-*-01 00:00:00",
    "weekly": "Mon *-*-* 00:00:00",
    "yearly": "*-01-01 00:00:00",
    "annually": "*-01-01 00:00:00",
    "quarterly": "*-01,04,07,10-01 00:00:00",
    "semiannually": "*-01,07-01 00:00:00",
}
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONG_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_DATE = re.compile(r"(?:(?P<year>[^-~\s]+)-)?(?P<month>[^-~\s]+)(?P<sign>[-~])(?P<day>[^-~\s]+)")
_TIME = re.compile(r"(?P<hour>[^:\s]+):(?P<minute>[^:\s]+)(?::(?P<second>[^:\s]+))?")
_PART = re.compile(r"(?P<first>\*|\d+)(?:\.\.(?P<last>\d+))?(?:/(?P<step>\d+))?")
_MOST_TIMES = 8
"""A list of single times has at most so many: it becomes `at …`, of at most 255 characters."""


class CalendarError(ValueError):
    """An expression that no schedule of a task expresses, or that systemd does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calendar:
    """The values of each component; None is any year. `days_from_end`: 1 is the last day of the month."""

    weekdays: tuple[int, ...]
    years: tuple[int, ...] | None
    months: tuple[int, ...]
    days: tuple[int, ...]
    days_from_end: tuple[int, ...]
    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    seconds: tuple[int, ...]


def read_calendar(text: str) -> tuple[str, str | None]:
    """Return the schedule of a task and the time zone that an expression names; raises `CalendarError`."""
    words = text.split()
    if not words:
        raise CalendarError("is empty")
    zone = _zone(words)
    if zone is not None:
        words = words[:-1]
    if len(words) == 1 and words[0].lower() in _SHORTHANDS:
        words = _SHORTHANDS[words[0].lower()].split()
    calendar = _read(words, text)
    schedule = _one_shot(calendar) if calendar.years is not None else _cron(calendar)
    if len(schedule) > MAX_CHARACTERS:
        raise CalendarError(f"{text!r} is longer than {MAX_CHARACTERS} characters as a schedule")
    return schedule, zone


def _zone(words: Sequence[str]) -> str | None:
    last = words[-1]
    if last.upper() == "UTC":
        return "UTC"
    if len(words) < 2 or any(character in last for character in ":*~") or last[0].isdigit():
        return None
    try:
        time_zone(last)
    except ValueError:
        return None
    return last


def _read(words: Sequence[str], text: str) -> _Calendar:
    calendar = _Calendar(
        weekdays=(),
        years=None,
        months=tuple(range(1, 13)),
        days=tuple(range(1, 32)),
        days_from_end=(),
        hours=(0,),
        minutes=(0,),
        seconds=(0,),
    )
    rest = list(words)
    if rest and rest[0][0].isalpha():
        calendar = replace(calendar, weekdays=_weekdays(rest.pop(0), text))
    if rest and (found := _DATE.fullmatch(rest[0])):
        rest.pop(0)
        calendar = _with_date(calendar, found)
    if rest and (found := _TIME.fullmatch(rest[0])):
        rest.pop(0)
        calendar = replace(
            calendar,
            hours=_values(found["hour"], 0, 23, "hour"),
            minutes=_values(found["minute"], 0, 59, "minute"),
            seconds=_values(found["second"] or "0", 0, 59, "second"),
        )
    if rest:
        raise CalendarError(f"{text!r} is not understood at {rest[0]!r}")
    return calendar


def _weekdays(word: str, text: str) -> tuple[int, ...]:
    days: set[int] = set()
    for part in word.rstrip(",").split(","):
        first, separator, last = part.replace("..", "-").partition("-")
        begin, end = _weekday(first, text), _weekday(last, text) if separator else None
        days.add(begin)
        if end is not None and (end or 7) < (begin or 7):
            raise CalendarError(f"{text!r}: {part} ends before it begins")
        while end is not None and begin != end:
            begin = (begin + 1) % 7
            days.add(begin)
    return () if len(days) == 7 else tuple(sorted(days))


def _weekday(name: str, text: str) -> int:
    for names in (_WEEKDAYS, _LONG_WEEKDAYS):
        if name.lower() in names:
            return names.index(name.lower())
    raise CalendarError(f"{text!r} is not understood at {name!r}")


def _with_date(calendar: _Calendar, found: re.Match[str]) -> _Calendar:
    calendar = replace(calendar, months=_values(found["month"], 1, 12, "month"))
    if found["year"] not in (None, "*"):
        calendar = replace(calendar, years=_values(found["year"], 1970, 2199, "year"))
    if found["sign"] == "-":
        return replace(calendar, days=_values(found["day"], 1, 31, "day"))
    return replace(calendar, days=(), days_from_end=_values(found["day"], 1, 31, "day", is_from_end=True))


def _values(component: str, low: int, high: int, name: str, *, is_from_end: bool = False) -> tuple[int, ...]:
    """Return the numbers of a component; raises `CalendarError`.

    A step leads to the greatest number, or with `is_from_end` to the last day of the month, which has the number 1.
    """
    found: set[int] = set()
    for entry in component.split(","):
        if "." in entry.replace("..", ""):
            raise CalendarError(f"fractions of a second cannot be expressed: {component}")
        match = _PART.fullmatch(entry)
        if match is None:
            raise CalendarError(f"{name}: {component!r} is not understood")
        step = int(match["step"] or 0)
        if match["first"] == "*":
            first, last = low, high
        else:
            first = int(match["first"])
            last = int(match["last"]) if match["last"] else high if step else first
        if not low <= first <= high or not low <= last <= high or last < first:
            raise CalendarError(f"{name}: {component!r} is out of range")
        if is_from_end and step and not match["last"] and match["first"] != "*":
            found.update(range(first, 0, -step))
            continue
        found.update(range(first, last + 1, step or 1))
    return tuple(sorted(found))


def _one_shot(calendar: _Calendar) -> str:
    """Return `at …` for single times of named years."""
    assert calendar.years is not None
    parts = (calendar.years, calendar.months, calendar.days, calendar.hours, calendar.minutes, calendar.seconds)
    count = 1
    for part in parts:
        count *= len(part)
    if calendar.weekdays or calendar.days_from_end or count > _MOST_TIMES:
        raise CalendarError("a schedule of a task has no years, except for a few single times")
    times = []
    for year, month, day, hour, minute, second in product(*parts):
        try:
            times.append(datetime(year, month, day, hour, minute, second))
        except ValueError:
            continue  # 31 April
    if not times:
        raise CalendarError("names no day that exists")
    return "at " + ",".join(at.isoformat(timespec="minutes" if at.second == 0 else "seconds") for at in sorted(times))


def _cron(calendar: _Calendar) -> str:
    days, weekdays = _day_fields(calendar)
    fields = [
        as_cron(calendar.minutes, 0, 59),
        as_cron(calendar.hours, 0, 23),
        days,
        as_cron(calendar.months, 1, 12),
        weekdays,
    ]
    if calendar.seconds != (0,):
        fields.append(as_cron(calendar.seconds, 0, 59))
    return " ".join(fields)


def _day_fields(calendar: _Calendar) -> tuple[str, str]:
    """Return day of month and day of week; systemd wants both to match, cron one of them unless one begins with `*`."""
    days, weekdays = calendar.days, calendar.weekdays
    if calendar.days_from_end:
        return _from_end(calendar.days_from_end, weekdays)
    every_day = len(days) == 31
    if every_day or not weekdays:
        return ("*" if every_day else as_cron(days, 1, 31)), (as_cron(weekdays, 0, 6) if weekdays else "*")
    if days[0] % 7 == 1 and days == tuple(range(days[0], days[0] + 7)):
        place = days[0] // 7 + 1
        return "*", ",".join(f"{day}#{place}" for day in weekdays)
    if days == (29, 30, 31):
        return "*", ",".join(f"{day}#5" for day in weekdays)
    if 1 in days:
        rest = as_cron(tuple(day for day in days if day != 1), 1, 31) if len(days) > 1 else ""
        return f"*/31{',' if rest else ''}{rest}", as_cron(weekdays, 0, 6)
    if 0 in weekdays:
        rest = ",".join(str(day) for day in weekdays if day)
        return as_cron(days, 1, 31), f"*/7{',' if rest else ''}{rest}"
    raise CalendarError("days of the week that are also these days of the month cannot be expressed")


def _from_end(from_end: tuple[int, ...], weekdays: tuple[int, ...]) -> tuple[str, str]:
    if from_end == (1,) and not weekdays:
        return "L", "*"
    if weekdays and from_end == tuple(range(1, 8)):
        return "*", ",".join(f"L{day}" for day in weekdays)
    raise CalendarError("of days counted from the end of the month, only the last one and the last of a weekday exist")
