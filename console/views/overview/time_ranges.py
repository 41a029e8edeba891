"""The spans of time that charts offer."""

from dataclasses import dataclass
from datetime import timedelta

from console.words import tr


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A span back from now."""

    key: str
    span: timedelta


RANGES: tuple[TimeRange, ...] = (
    TimeRange("5 min", timedelta(minutes=5)),
    TimeRange("1 h", timedelta(hours=1)),
    TimeRange("6 h", timedelta(hours=6)),
    TimeRange("24 h", timedelta(hours=24)),
    TimeRange("7 d", timedelta(days=7)),
    TimeRange("30 d", timedelta(days=30)),
)


def range_words(key: str) -> str:
    """Return a range's name in the person's language."""
    return {
        "5 min": tr("5 min"),
        "1 h": tr("1 h"),
        "6 h": tr("6 h"),
        "24 h": tr("24 h"),
        "7 d": tr("7 d"),
        "30 d": tr("30 d"),
    }[key]
