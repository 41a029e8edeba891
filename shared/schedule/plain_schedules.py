"""The schedules beside cron: a fixed interval, a fixed delay, and a list of times."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.schedule.clock_changes import first_instant_showing

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Interval:
    """`every 90s`: elapsed time counted from the anchor, so that all replicas agree, also after a restart."""

    text: str
    step: timedelta

    def iterate(self, after: datetime, *, zone: ZoneInfo, anchor: datetime | None = None) -> Iterator[datetime]:
        """Yield the multiples of the step, counted from the anchor (default: the Unix epoch), after an instant."""
        origin = anchor or EPOCH
        at = origin + max(0, (after - origin) // self.step + 1) * self.step
        while True:
            yield at
            at += self.step


@dataclass(frozen=True, slots=True)
class Delay:
    """`after 10m`: this long after the task's last run ended, whatever triggered that run."""

    text: str
    length: timedelta

    def iterate(self, after: datetime, *, zone: ZoneInfo, anchor: datetime | None = None) -> Iterator[datetime]:
        """Yield the one occurrence that follows a run which ended at `after`."""
        yield max(after + self.length, anchor or EPOCH)


@dataclass(frozen=True, slots=True)
class OneShot:
    """`at 2026-12-24T18:00`: only these times; wall-clock times in the task's zone unless they have an offset."""

    text: str
    times: tuple[datetime, ...]

    def iterate(self, after: datetime, *, zone: ZoneInfo, anchor: datetime | None = None) -> Iterator[datetime]:
        """Yield the times after an instant, in order."""
        instants = {at.astimezone(UTC) if at.tzinfo else first_instant_showing(at, zone) for at in self.times}
        yield from (at for at in sorted(instants) if at > after)
