"""The schedules beside cron: a fixed interval, a fixed delay, and times that are named."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.schedule.zone_transitions import first_instant_showing

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Interval:
    """`every 90s`: elapsed time, counted from the anchor, so that every replica and restart agrees."""

    text: str
    step: timedelta

    def iterate(self, after: datetime, *, zone: ZoneInfo, anchor: datetime | None = None) -> Iterator[datetime]:
        """Yield the multiples of the step behind the anchor (by default the Unix epoch) after an instant."""
        origin = anchor or EPOCH
        at = origin + max(0, (after - origin) // self.step + 1) * self.step
        while True:
            yield at
            at += self.step


@dataclass(frozen=True, slots=True)
class Delay:
    """`after 10m`: so long after the task's last run ended, whatever made that run."""

    text: str
    length: timedelta

    def iterate(self, after: datetime, *, zone: ZoneInfo, anchor: datetime | None = None) -> Iterator[datetime]:
        """Yield the one occurrence that follows a run which ended at `after`."""
        yield max(after + self.length, anchor or EPOCH)


@dataclass(frozen=True, slots=True)
class OneShot:
    """`at 2026-12-24T18:00`: these times and no other; wall-clock times in the task's zone unless they say theirs."""

    text: str
    times: tuple[datetime, ...]

    def iterate(self, after: datetime, *, zone: ZoneInfo, anchor: datetime | None = None) -> Iterator[datetime]:
        """Yield the times after an instant, in order."""
        instants = {at.astimezone(UTC) if at.tzinfo else first_instant_showing(at, zone) for at in self.times}
        yield from (at for at in sorted(instants) if at > after)
