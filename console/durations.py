"""Durations as people write and read them: 90s, 1h 30m, 2 小时 5 分."""

import re
from datetime import timedelta

from console.words import tr
from shared.schedule.durations import duration_parts

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_UNITS = {
    "w": "w|weeks?|周|星期",
    "d": "d|days?|天|日",
    "h": "h|hrs?|hours?|小时|时",
    "m": "m|mins?|minutes?|分钟|分",
    "s": "s|secs?|seconds?|秒钟|秒",
}
_PART = re.compile(
    r"\s*(?P<count>\d{1,9})\s*(?:" + "|".join(f"(?P<{unit}>{words})" for unit, words in _UNITS.items()) + r")(?![a-z])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,9}")


def read_duration(text: str) -> int:
    """Return the seconds of a text such as `90s` or `1h 30m`; a number alone is one of seconds.

    Raises ValueError that says what would be right.
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return int(text)
    seconds, place = 0, 0
    while part := _PART.match(text, place):
        [unit] = [unit for unit in _UNITS if part[unit] is not None]
        seconds += int(part["count"]) * _SECONDS[unit]
        place = part.end()
    if not text or place < len(text):
        raise ValueError(tr("Enter a duration such as 90s, 5m or 1h 30m."))
    return seconds


def duration_text(seconds: int | None) -> str:
    """Return a duration in the largest units that fit, such as `1h 30m`; nothing for None."""
    if seconds is None:
        return ""
    return " ".join(f"{count}{unit}" for count, unit in duration_parts(timedelta(seconds=seconds))) or "0s"
