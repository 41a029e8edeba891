"""Time spans of systemd (systemd.time(7)): `15min`, `1h 30min`, `90`, `infinity` is none."""

import re
from datetime import timedelta

_UNITS = {
    **dict.fromkeys(("usec", "us", "µs", "μs"), 0.000_001),
    **dict.fromkeys(("msec", "ms"), 0.001),
    **dict.fromkeys(("seconds", "second", "sec", "s", ""), 1.0),
    **dict.fromkeys(("minutes", "minute", "min", "m"), 60.0),
    **dict.fromkeys(("hours", "hour", "hr", "h"), 3600.0),
    **dict.fromkeys(("days", "day", "d"), 86_400.0),
    **dict.fromkeys(("weeks", "week", "w"), 604_800.0),
    **dict.fromkeys(("months", "month", "M"), 2_629_800.0),
    **dict.fromkeys(("years", "year", "y"), 31_557_600.0),
}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-zµμ]*)")


class TimeSpanError(ValueError):
    """A time span that cannot be read, or that is shorter than a second."""


def read_time_span(text: str) -> timedelta:
    """Return a span in whole seconds; raises `TimeSpanError`."""
    seconds = 0.0
    position = 0
    while position < len(text.rstrip()):
        found = _PART.match(text, position)
        if found is None or found[2] not in _UNITS:
            raise TimeSpanError(f"{text!r} is not a time span such as 1h 30min")
        seconds += float(found[1]) * _UNITS[found[2]]
        position = found.end()
    if position == 0:
        raise TimeSpanError(f"{text!r} is not a time span such as 1h 30min")
    if 0 < seconds < 1:
        raise TimeSpanError(f"{text!r} is shorter than a second, which is the least for a task")
    return timedelta(seconds=round(seconds))
