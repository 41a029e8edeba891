"""Durations as people write them: 90s, 5m, 1h30m, 2d."""

import re
from datetime import timedelta

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_WHOLE = re.compile(r"(?:\d+\s*[wdhms]\s*)+", re.IGNORECASE)
_PART = re.compile(r"(\d+)\s*([wdhms])", re.IGNORECASE)
_MOST = timedelta(days=3660)


def parse_duration(text: str) -> timedelta:
    """Return a duration such as `90s` or `1h30m`; raises ValueError that says what would be right."""
    text = text.strip()
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{text!r} is not a duration; use a number with s, m, h, d or w, such as 90s or 1h30m")
    total = timedelta()
    for number, unit in _PART.findall(text):
        if len(number) > 9:
            raise ValueError(f"{text!r} is longer than ten years")
        total += timedelta(**{_UNITS[unit.lower()]: int(number)})
    if not timedelta(seconds=1) <= total <= _MOST:
        raise ValueError(f"{text!r} is not between one second and ten years")
    return total


def duration_parts(duration: timedelta) -> list[tuple[int, str]]:
    """Return a duration in the largest units that fit, such as (1, "m"), (30, "s")."""
    left = int(duration.total_seconds())
    parts = []
    for seconds, unit in ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        count, left = divmod(left, seconds)
        if count:
            parts.append((count, unit))
    return parts


def format_duration(duration: timedelta) -> str:
    """Return a duration as `parse_duration` reads it, in the largest units that fit."""
    return "".join(f"{count}{unit}" for count, unit in duration_parts(duration)) or "0s"
