"""A task's schedule from its text: cron, `every 90s`, `after 10m`, or `at 2026-12-24T18:00`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from shared.instants import EARLIEST, LATEST
from shared.schedule.cron import CronExpression
from shared.schedule.cron_fields import MAX_CHARACTERS, CronError
from shared.schedule.durations import parse_duration
from shared.schedule.plain_schedules import Delay, Interval, OneShot


class Schedule(Protocol):
    """When a task is due."""

    @property
    def text(self) -> str:
        """The schedule as it was written."""

    def iterate(self, after: datetime, *, zone: ZoneInfo, anchor: datetime | None = None) -> Iterator[datetime]:
        """Yield the occurrences strictly after an instant, in order, in UTC."""


def parse_schedule(text: str, *, hash_key: str) -> Schedule:
    """Return the schedule; `H` fields of a cron expression are spread by `hash_key`.

    Raises `CronError`, which names the field that is wrong and says what would be right.
    """
    word, _, rest = text.strip().partition(" ")
    keyword = word.lower()
    if keyword not in ("every", "after", "at"):
        return CronExpression.parse(text, hash_key=hash_key)
    if len(text) > MAX_CHARACTERS:
        raise CronError("schedule", f"is longer than {MAX_CHARACTERS} characters")
    clean = " ".join(text.split())
    try:
        if keyword == "every":
            return Interval(clean, parse_duration(rest))
        if keyword == "after":
            return Delay(clean, parse_duration(rest))
        return OneShot(clean, _times(rest))
    except ValueError as error:
        raise CronError("schedule", str(error)) from None


def _times(text: str) -> tuple[datetime, ...]:
    found = []
    for part in text.split(","):
        try:
            at = datetime.fromisoformat(part.strip())
        except ValueError:
            raise ValueError(
                f"{part.strip()!r} is not a time; use at 2026-12-24T18:00, with commas between several"
            ) from None
        if not EARLIEST.year <= at.year < LATEST.year:
            raise ValueError(f"{part.strip()!r} is not between the years {EARLIEST.year} and {LATEST.year}")
        found.append(at)
    return tuple(found)
