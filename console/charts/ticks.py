"""The ticks of an axis and their labels. Pure."""

import math
from datetime import UTC, datetime, timedelta, tzinfo

from console.words import fill, tr

_STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 10800, 21600, 43200),
    *(86400, 2 * 86400, 7 * 86400, 14 * 86400),
)
_LENGTHS = (
    *(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000),
    *(60_000, 120_000, 300_000, 600_000, 1_200_000, 1_800_000),
    *(3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000),
)
_MINUTE, _DAY = 60, 86400


def time_ticks(since: datetime, until: datetime, most: int, zone: tzinfo | None = None) -> list[tuple[datetime, str]]:
    """Return up to `most` round times of a zone between two instants, with their labels; None means the local zone."""
    whole = (until - since).total_seconds()
    step = next((one for one in _STEPS if whole / one <= most), _STEPS[-1])
    begin = since.astimezone(zone)
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (begin - midnight).total_seconds()
    found = []
    at = midnight + timedelta(seconds=math.ceil(passed / step) * step)
    while at.astimezone(UTC) <= until:
        if at.astimezone(UTC) >= since:
            found.append((at, _words(at, step)))
        at += timedelta(seconds=step)
    return found[:most] if len(found) > most else found


def _words(at: datetime, step: int) -> str:
    if step >= _DAY or (at.hour, at.minute, at.second) == (0, 0, 0):
        return f"{at:%m-%d}"
    return f"{at:%H:%M:%S}" if step < _MINUTE else f"{at:%H:%M}"


def value_ticks(top: float, *, most: int = 4, is_whole: bool = False) -> list[float]:
    """Return round values from zero to `top`, without zero, at most `most`; whole ones where half a thing is none."""
    if top <= 0:
        return []
    rough = top / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if math.floor(top / (factor * power) + 1e-9) <= most)
    if is_whole:
        step = max(step, 1.0)
    count = math.floor(top / step + 1e-9)
    return [step * place for place in range(1, min(count, most) + 1)]


def time_value_ticks(top: float, *, most: int = 4) -> list[float]:
    """Return round lengths of time from zero to `top` milliseconds, at most `most`."""
    if top < 1:
        return value_ticks(top, most=most)
    last = _LENGTHS[-1]
    step = next((one for one in _LENGTHS if top / one < most + 1), last * math.ceil(top / last / most))
    return [float(step * place) for place in range(1, math.floor(top / step) + 1)]


def short(value: float) -> str:
    """Return a number as an axis writes it: 12, 0.5, 3k, 1.2M."""
    for factor, letter in ((1e6, "M"), (1e3, "k")):
        if value >= factor:
            return f"{value / factor:g}{letter}"
    return f"{value:g}"


def short_time(milliseconds: float) -> str:
    """Return a time as an axis writes it: 5 ms, 2 s, 3 min, 1 h."""
    for factor, words in ((3_600_000, tr("%1 h")), (60_000, tr("%1 min")), (1000, tr("%1 s"))):
        if milliseconds >= factor:
            return fill(words, f"{milliseconds / factor:.3g}")
    return tr("%1 ms", f"{milliseconds:.3g}")
