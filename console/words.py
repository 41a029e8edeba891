"""Texts, numbers and times in the language of the console."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from PySide6.QtCore import QCoreApplication, QLocale

_PLACE = re.compile("%([1-9])")
_SEPARATORS = re.compile("[,，、\n]")
_ENDS = (".", "!", "?", "…", "。", "！", "？")
_DUE_SECONDS = 60
"""What is due for longer, in seconds, is overdue: the dispatcher needs a moment, and so does a reload."""

TimeDisplay = Literal["relative", "absolute"]
"""`5 min ago`, or a date and time."""


def tr(text: str, *values: object) -> str:
    """Return `text` in the language of the application, with `%1`, `%2` … replaced by the values."""
    return fill(QCoreApplication.translate("taskdeck", text), *values)


def fill(text: str, *values: object) -> str:
    """Replace `%1`, `%2` … by the values, in one pass: a value that contains `%2` stays as it is."""
    return _PLACE.sub(lambda place: str(values[int(place[1]) - 1]), text) if values else text


def sentences(*parts: str) -> str:
    """Join texts into one, each with a full stop at its end; empty ones are left out."""
    joined = ""
    for part in filter(None, map(str.strip, parts)):
        sentence = part if part.endswith(_ENDS) else f"{part}." if part.isascii() else tr("%1.", part)
        joined += f" {sentence}" if joined and joined[-1].isascii() else sentence
    return joined


def enumeration(items: Iterable[str]) -> str:
    """Return items of one list: `a, b, c`; Chinese has a comma of its own for this."""
    return fill(tr("%1, %2"), "", "").join(items)


def listed(text: str) -> list[str]:
    """Return the items of a list that a person typed, separated by commas of either language or by lines."""
    return [item.strip() for item in _SEPARATORS.split(text) if item.strip()]


def number(value: float) -> str:
    """Return a whole number with the locale's groups."""
    return QLocale().toString(round(value))


def brief_number(value: int) -> str:
    """Return a count in at most four characters, for where `number` has no room: `4.2k`, `42k`, `1.3M`."""
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if value >= unit:
            whole = value / unit
            return f"{whole:.1f}{name}" if whole < 9.95 else f"{whole:.0f}{name}"
    return str(value)


def data_size(count: int) -> str:
    """Return a number of bytes in its largest fitting unit: `7.3 MB`."""
    return QLocale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def percent(value: float) -> str:
    """Return a percentage with the digits that it has."""
    return tr("%1%", f"{value:g}")


def span(seconds: float) -> str:
    """Return a duration in its largest fitting unit: `3 s`, `4 min`, `2 h`, `5 d`."""
    seconds = max(seconds, 0.0)
    if seconds < 60:
        return tr("%1 s", int(seconds))
    if seconds < 3600:
        return tr("%1 min", int(seconds // 60))
    if seconds < 48 * 3600:
        return tr("%1 h", int(seconds // 3600))
    return tr("%1 d", int(seconds // 86400))


def duration(milliseconds: int | None) -> str:
    """Return a duration in milliseconds, seconds or a larger unit."""
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return tr("%1 ms", milliseconds)
    if milliseconds < 60_000:
        return tr("%1 s", f"{milliseconds / 1000:.1f}")
    return span(milliseconds / 1000)


def present() -> datetime:
    """Return the time of the system's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Times:
    """How instants are shown: relative to now, or as dates.

    `now` returns the time at which what is shown is true. It stands still while the backend is away.
    """

    display: TimeDisplay = "relative"
    now: Callable[[], datetime] = present

    def show(self, at: datetime | None, now: datetime | None = None) -> str:
        """Return an instant relative to `now`, or as a date; empty without an instant."""
        if at is None:
            return ""
        now = now or self.now()
        return short_time(at, now) if self.display == "absolute" else ago(at, now)

    def due(self, at: datetime | None, now: datetime | None = None) -> str:
        """Return when something happens next; what is past `now` is due, or overdue."""
        now = now or self.now()
        if at is None or at > now:
            return self.show(at, now)
        seconds = (now - at).total_seconds()
        return tr("due now") if seconds < _DUE_SECONDS else tr("%1 overdue", span(seconds))


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago `at` was, or how soon it will be."""
    seconds = (now - at).total_seconds()
    if seconds < -1:
        return tr("in %1", span(-seconds))
    if seconds < 1:
        return tr("now")
    return tr("%1 ago", span(seconds))


def short_time(at: datetime, now: datetime) -> str:
    """Return a local time; the day and the year are left out where they are today's."""
    here, today = at.astimezone(), now.astimezone()
    if here.date() == today.date():
        return f"{here:%H:%M:%S}"
    return f"{here:%m-%d %H:%M}" if here.year == today.year else f"{here:%Y-%m-%d}"


def absolute(at: datetime | None) -> str:
    """Return an instant in the local zone, with the zone's name."""
    return "" if at is None else at.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
