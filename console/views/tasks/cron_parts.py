"""The cron expressions that a builder can show, as their parts, and back."""

from dataclasses import dataclass
from enum import StrEnum

_DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
LAST_DAY = 32
"""Stands for the last day of each month, whichever it is."""


class CronKind(StrEnum):
    """How often, roughly."""

    NONE = "none"
    MINUTES = "minutes"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class CronParts:
    """A simple schedule. `days` are those of the week, Sunday 0; `day` is that of the month, or `LAST_DAY`."""

    kind: CronKind
    step: int = 5
    minute: int = 0
    hour: int = 3
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    day: int = 1


def read_parts(text: str) -> CronParts:
    """Return the parts of a schedule; what has none of these forms is OTHER."""
    fields = text.split()
    if not fields:
        return CronParts(kind=CronKind.NONE)
    other = CronParts(kind=CronKind.OTHER)
    if len(fields) != 5 or fields[3] != "*":
        return other
    minute, hour, day, _, weekday = fields
    if (hour, day, weekday) == ("*", "*", "*"):
        return _within_the_hour(minute) or other
    at = _number(minute, 59), _number(hour, 23)
    if at[0] is None or at[1] is None:
        return other
    if day == "*" and weekday == "*":
        return CronParts(kind=CronKind.DAILY, minute=at[0], hour=at[1])
    if day == "*":
        days = _days(weekday)
        return CronParts(kind=CronKind.WEEKLY, minute=at[0], hour=at[1], days=days) if days else other
    of_month = LAST_DAY if day.upper() == "L" else _number(day, 31)
    if weekday == "*" and of_month:
        return CronParts(kind=CronKind.MONTHLY, minute=at[0], hour=at[1], day=of_month)
    return other


def write_parts(parts: CronParts) -> str:
    """Return the schedule of parts; OTHER has none, and NONE is none."""
    at = f"{parts.minute} {parts.hour}"
    if parts.kind is CronKind.MINUTES:
        return "* * * * *" if parts.step == 1 else f"*/{parts.step} * * * *"
    if parts.kind is CronKind.HOURLY:
        return f"{parts.minute} * * * *"
    if parts.kind is CronKind.DAILY:
        return f"{at} * * *"
    if parts.kind is CronKind.WEEKLY:
        return f"{at} * * {_written_days(parts.days)}"
    if parts.kind is CronKind.MONTHLY:
        return f"{at} {'L' if parts.day == LAST_DAY else parts.day} * *"
    return ""


def _within_the_hour(minute: str) -> CronParts | None:
    if minute == "*":
        return CronParts(kind=CronKind.MINUTES, step=1)
    if minute.startswith("*/") and (step := _number(minute[2:], 59)) and step > 1:
        return CronParts(kind=CronKind.MINUTES, step=step)
    at = _number(minute, 59)
    return None if at is None else CronParts(kind=CronKind.HOURLY, minute=at)


def _number(text: str, most: int) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 and int(text) <= most else None


def _day(text: str) -> int | None:
    named = _DAYS.get(text.lower())
    return named if named is not None else _number(text, 7)


def _days(text: str) -> tuple[int, ...]:
    """Return days of the week, in order; nothing where the text has more than names, numbers and ranges."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        begin, end = _day(first), _day(last or first)
        if begin is None or end is None or begin > end:
            return ()
        found.update(day % 7 for day in range(begin, end + 1))
    return tuple(sorted(found))


def _written_days(days: tuple[int, ...]) -> str:
    wanted = sorted(set(days)) or [1]
    if len(wanted) > 2 and wanted[-1] - wanted[0] == len(wanted) - 1:
        return f"{wanted[0]}-{wanted[-1]}"
    return ",".join(str(day) for day in wanted)
