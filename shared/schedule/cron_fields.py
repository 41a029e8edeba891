"""The fields of a cron expression as numbers: what cronie's crontab(5) says, and the extensions `L`, `W`, `#`, `H`.

The next occurrences, the sentences and the previews all read this expansion.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.schedule.quartz import with_weekday_names

MAX_CHARACTERS = 255
"""The length of the column `tasks.schedule`."""

FIELD_NAMES = ("minute", "hour", "day of month", "month", "day of week", "second")
"""In the order in which they are written: the seconds come last."""

NAMED_SCHEDULES: Mapping[str, str] = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

_BOUNDS = {
    "minute": (0, 59),
    "hour": (0, 23),
    "day of month": (1, 31),
    "month": (1, 12),
    "day of week": (0, 6),
    "second": (0, 59),
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NAMES: Mapping[str, Mapping[str, int]] = {
    "month": {name: number for number, name in enumerate(_MONTHS, start=1)},
    "day of week": {name: number for number, name in enumerate(_WEEKDAYS)},
}
_EXPECTED = {
    "minute": "use 0 to 59",
    "hour": "use 0 to 23",
    "day of month": "use 1 to 31, L for the last day, or 15W for the weekday nearest the 15th",
    "month": "use 1 to 12, or jan to dec",
    "day of week": "use 0 to 7 (0 and 7 are Sunday), sun to sat, fri#2 for the second Friday, or L5 for the last",
    "second": "use 0 to 59",
}
_SYNTAX = "single values, lists 1,2, ranges 1-5, steps */10 and H are understood"

_LAST_HASHED_DAY = 28
"""`H` in the day of month ends here, so that a hashed task runs in every month."""

_NUMBER = r"\d{1,4}|[a-z]{3}"
_RANGE = re.compile(rf"(?P<first>{_NUMBER})(?:-(?P<last>{_NUMBER}))?(?:/(?P<step>\d{{1,4}}))?", re.ASCII)
_STAR = re.compile(r"\*(?:/(?P<step>\d{1,4}))?|\?", re.ASCII)
_HASH = re.compile(r"h(?:\((?P<first>\d{1,4})-(?P<last>\d{1,4})\))?(?:/(?P<step>\d{1,4}))?", re.ASCII)
_NEAREST_WEEKDAY = re.compile(r"(?P<before>\d{1,2})w|w(?P<after>\d{1,2})", re.ASCII)
_NTH_WEEKDAY = re.compile(r"(?P<days>[^#]+)#(?P<nth>[1-5]|l)", re.ASCII)
_LAST_WEEKDAY = re.compile(r"l(?P<day>[0-7]|[a-z]{3})", re.ASCII)
_HASH_DOMAINS: Mapping[str, bytes] = {name: name.replace(" ", "-").encode() for name in FIELD_NAMES}
_HASHED = re.compile(r"(^|[\s,])h", re.IGNORECASE)


class CronError(ValueError):
    """A schedule that cannot be read; `field` is the name of the cron field that is wrong, or `schedule`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field != "schedule" else message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDays:
    """The day of month field: plain days, the last day, and weekdays nearest to a day."""

    days: tuple[int, ...] = ()
    has_last: bool = False
    nearest_weekday_to: tuple[int, ...] = ()

    @property
    def is_all(self) -> bool:
        """Whether every day of a month matches."""
        return len(self.days) == 31


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekDays:
    """The day of week field: plain weekdays (0 is Sunday), and pairs of a weekday and its place in the month.

    A place is 1 to 5, or None for the last.
    """

    days: tuple[int, ...] = ()
    nth: tuple[tuple[int, int | None], ...] = ()

    @property
    def is_all(self) -> bool:
        """Whether every day of a week matches."""
        return len(self.days) == 7


@dataclass(frozen=True, slots=True, kw_only=True)
class CronFields:
    """The values of each field in ascending order.

    A date matches if it matches both day fields where `both_days_hold`, else if it matches one of them.
    `is_wildcard`: the minute or the hour field begins with a star, so that the schedule follows elapsed time over a
    clock change (cron(8), "Daylight Saving Time and other time changes"; cronie's flags MIN_STAR and HR_STAR).
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    month_days: MonthDays
    months: tuple[int, ...]
    week_days: WeekDays
    seconds: tuple[int, ...]
    both_days_hold: bool
    is_wildcard: bool


def is_hashed(text: str) -> bool:
    """Return whether an expression contains `H`, so that it depends on the task's name."""
    return _HASHED.search(text) is not None


def parse_fields(text: str, *, hash_key: str) -> CronFields:
    """Return the values of each field; `H` is spread by `hash_key`.

    Raises:
        CronError: names the field that is wrong, quotes it as it was written, and says what would be right.
    """
    fields = _split(text)
    values = dict(zip(FIELD_NAMES, [*fields, "0"][: len(FIELD_NAMES)], strict=True))
    try:
        return _expand_all(values, hash_key=hash_key)
    except CronError:
        if len(fields) == 6 and (hint := _seconds_first_hint(fields)):
            raise CronError("schedule", f"{' '.join(fields)} is not valid; {hint}") from None
        raise


def _expand_all(values: Mapping[str, str], *, hash_key: str) -> CronFields:
    return CronFields(
        minutes=_expand("minute", values["minute"], hash_key),
        hours=_expand("hour", values["hour"], hash_key),
        month_days=_expand_month_days(values["day of month"], hash_key),
        months=_expand("month", values["month"], hash_key),
        week_days=_expand_week_days(values["day of week"], hash_key),
        seconds=_expand("second", values["second"], hash_key),
        both_days_hold=values["day of month"].startswith(("*", "?")) or values["day of week"].startswith(("*", "?")),
        is_wildcard=values["minute"].startswith("*") or values["hour"].startswith("*"),
    )


def _split(text: str) -> list[str]:
    """Return five or six fields, with a named schedule spelled out."""
    if len(text) > MAX_CHARACTERS:
        raise CronError("schedule", f"is longer than {MAX_CHARACTERS} characters")
    fields = text.split()
    if not fields:
        raise CronError("schedule", "is empty; use five fields such as 0 3 * * * (daily at 03:00)")
    if fields[0].startswith("@"):
        return _named(fields)
    if len(fields) not in (5, 6):
        plural = "s" if len(fields) != 1 else ""
        hint = ""
        if len(fields) == 7:
            hint = "; Quartz puts seconds first and a year last: " + (
                _seconds_first_hint(fields[:-1]) or "move the seconds to the end and leave the year out"
            )
        raise CronError(
            "schedule",
            f"has {len(fields)} field{plural}; use five (minute hour day-of-month month day-of-week), "
            f"or six with seconds last{hint}",
        )
    return fields


def _named(fields: list[str]) -> list[str]:
    name = fields[0].lower()
    if name == "@every":
        raise CronError("schedule", f"@every is not known; write {' '.join(['every', *fields[1:2]])}")
    written = " ".join(fields)
    if len(fields) > 1 or name not in NAMED_SCHEDULES:
        reason = " (it means at boot, which has no time)" if name == "@reboot" else ""
        raise CronError("schedule", f"{written} is not known{reason}; use one of {', '.join(NAMED_SCHEDULES)}")
    return NAMED_SCHEDULES[name].split()


def _seconds_first_hint(fields: list[str]) -> str | None:
    """Return a hint for an expression in Quartz's order, where the first field holds the seconds."""
    second, *others, week_days = fields
    others.append(with_weekday_names(week_days))
    try:
        _expand_all(dict(zip(FIELD_NAMES, [*others, second], strict=True)), hash_key="")
    except CronError:
        return None
    return f"of six fields the seconds come last: write {' '.join([*others, second])}"


def _expand(name: str, field: str, hash_key: str) -> tuple[int, ...]:
    """Return the values of a field of plain numbers; raises `CronError`."""
    found: set[int] = set()
    for entry in field.split(","):
        values = _entry_values(name, entry.lower(), hash_key)
        if values is None:
            raise _invalid(name, field)
        found.update(values)
    return tuple(sorted(found))


def _expand_month_days(field: str, hash_key: str) -> MonthDays:
    days: set[int] = set()
    nearest: set[int] = set()
    has_last = False
    for entry in field.lower().split(","):
        if entry == "l":
            has_last = True
        elif match := _NEAREST_WEEKDAY.fullmatch(entry):
            day = int(match["before"] or match["after"])
            if not 1 <= day <= 31:
                raise _invalid("day of month", field)
            nearest.add(day)
        else:
            values = _entry_values("day of month", entry, hash_key)
            if values is None:
                raise _invalid("day of month", field)
            days.update(values)
    return MonthDays(days=tuple(sorted(days)), has_last=has_last, nearest_weekday_to=tuple(sorted(nearest)))


def _expand_week_days(field: str, hash_key: str) -> WeekDays:
    days: set[int] = set()
    nth: set[tuple[int, int | None]] = set()
    for entry in field.lower().split(","):
        if match := _LAST_WEEKDAY.fullmatch(entry):
            weekday = value_of("day of week", match["day"])
            if weekday is None:
                raise _invalid("day of week", field)
            nth.add((weekday % 7, None))
        elif match := _NTH_WEEKDAY.fullmatch(entry):
            values = _entry_values("day of week", match["days"], hash_key)
            if values is None:
                raise _invalid("day of week", field)
            nth.update((value, None if match["nth"] == "l" else int(match["nth"])) for value in values)
        else:
            values = _entry_values("day of week", entry, hash_key)
            if values is None:
                raise _invalid("day of week", field)
            days.update(values)
    return WeekDays(
        days=tuple(sorted(days)), nth=tuple(sorted(nth, key=lambda pair: (pair[1] is None, pair[1] or 0, pair[0])))
    )


def _invalid(name: str, field: str) -> CronError:
    return CronError(name, f"{field} is not valid; {_EXPECTED[name]} ({_SYNTAX})")


def _entry_values(name: str, entry: str, hash_key: str) -> list[int] | None:
    """Return the values of one entry of a list in lower case, or None where it is not valid."""
    if match := _STAR.fullmatch(entry):
        if entry.startswith("?") and not name.startswith("day"):
            return None
        low, high = _BOUNDS[name]
        return _stepped(low, high, match["step"])
    if match := _HASH.fullmatch(entry):
        return _hashed_values(name, match, hash_key)
    if match := _RANGE.fullmatch(entry):
        return _range_values(name, match)
    return None


def _range_values(name: str, match: re.Match[str]) -> list[int] | None:
    low, high = _BOUNDS[name]
    first = value_of(name, match["first"])
    if first is None:
        return None
    if match["last"] is None:
        if match["step"] is None:
            return [first % 7 if name == "day of week" else first]
        last: int | None = high
    else:
        last = value_of(name, match["last"])
    if last is None:
        return None
    if name == "day of week" and (first, last) == (7, 0):
        last = first  # The same day by its two numbers. 0-7 is the whole week.
    if name == "day of week" and first != last:
        # Sunday is 0 and 7: as a start it is the first day of the week, as an end the last.
        first %= 7
        last = last or 7
    if first > last:
        last += high - low + 1
    values = _stepped(first, last, match["step"])
    return None if values is None else [low + (value - low) % (high - low + 1) for value in values]


def _stepped(first: int, last: int, step: str | None) -> list[int] | None:
    """Return every `step`-th number of a range, both ends included; None for a step of 0."""
    width = int(step) if step is not None else 1
    return list(range(first, last + 1, width)) if width else None


def value_of(name: str, text: str) -> int | None:
    """Return the number of a value or a name in lower case in a field; None where it is out of bounds.

    Sunday is 0 by its name, and 0 or 7 as a number.
    """
    named = _NAMES.get(name, {})
    if text in named:
        return named[text]
    if not text.isdecimal():
        return None
    low, high = _BOUNDS[name]
    return int(text) if low <= int(text) <= (7 if name == "day of week" else high) else None


def _hashed_values(name: str, match: re.Match[str], hash_key: str) -> list[int] | None:
    low, high = _BOUNDS[name]
    if match["first"] is not None:
        first, last = int(match["first"]), int(match["last"])
        if not low <= first <= last <= high:
            return None
        low, high = first, last
    elif name == "day of month":
        high = _LAST_HASHED_DAY
    chosen = _hash(name, hash_key)
    if match["step"] is None:
        return [low + chosen % (high - low + 1)]
    step = int(match["step"])
    if not step:
        return None
    return _stepped(low + chosen % min(step, high - low + 1), high, match["step"])


def _hash(name: str, hash_key: str) -> int:
    """Return a number for a task's field that never changes; the fields of one task are independent."""
    return int.from_bytes(hashlib.blake2b(hash_key.encode(), digest_size=8, person=_HASH_DOMAINS[name]).digest(), "big")
