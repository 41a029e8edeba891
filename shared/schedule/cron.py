"""Cron expressions: five or six fields, in a time zone, right over clock changes.

croniter knows the fields; it walks wall-clock time here, without any zone. What a wall-clock time means
is decided here, by the rules that cronie and Vixie cron follow: a fixed-time job in a skipped hour runs
right after it and once in a doubled one; jobs with a wildcard or step in the hour follow elapsed time.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import merge
from itertools import groupby
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, croniter

from shared.schedule.day_fields import split_days
from shared.schedule.fields import FIELD_NAMES, CronError, check_fields, split_fields
from shared.schedule.zone_transitions import first_instant_showing, first_transition, offset_at, wall_time

MOST_YEARS_AHEAD = 50
_HASHED = re.compile(r"(^|[\s,])h", re.IGNORECASE)
_SOME_DAY = datetime(2024, 1, 1)
_MICROSECOND = timedelta(microseconds=1)

__all__ = ["FIELD_NAMES", "CronError", "CronExpression"]


class CronExpression:
    """A schedule that was checked; made by `parse`."""

    def __init__(self, text: str, expression: str, hash_key: str) -> None:
        self.text = text
        minute, hour, of_month, month, of_week, *second = expression.split()
        self._expressions = tuple(
            " ".join([minute, hour, day, month, weekday, *second])
            for day, weekday in split_days(of_month, of_week).alternatives
        )
        self._hash_id = hash_key.encode()
        self.is_fixed_time = "*" not in hour and "/" not in hour

    def __repr__(self) -> str:
        return f"CronExpression({self.text!r})"

    @staticmethod
    def parse(text: str, *, hash_key: str) -> "CronExpression":
        """Return the expression; `H` fields are spread by `hash_key`.

        Raises `CronError`, which names the field that is wrong and says what would be right.
        """
        # Many tasks share an expression: without H it is the same for all of them, and parsed once.
        return CronExpression._parse(text, hash_key if is_hashed(text) else "")

    @staticmethod
    @lru_cache(maxsize=16_384)
    def _parse(text: str, hash_key: str) -> "CronExpression":
        expression = split_fields(text)
        check_fields(expression, hash_key=hash_key)
        parsed = CronExpression(text.strip(), expression, hash_key)
        if next(parsed._wall_times(_SOME_DAY), None) is None:
            raise CronError("day of month", "no such date ever comes; use a day that the month has, or L for its last")
        return parsed

    def _wall_times(self, after: datetime) -> Iterator[datetime]:
        """Yield wall-clock times after a wall-clock time, in order; `after` is naive, and so are they."""
        walks = [self._walk(expression, after) for expression in self._expressions]
        if len(walks) == 1:
            return walks[0]
        return (wall for wall, _ in groupby(merge(*walks)))

    def _walk(self, expression: str, after: datetime) -> Iterator[datetime]:
        walk = croniter(
            expression,
            after,
            hash_id=self._hash_id,
            max_years_between_matches=MOST_YEARS_AHEAD,
            day_or=False,
        )
        while True:
            try:
                following = walk.get_next(datetime)
            except CroniterBadDateError:
                return
            yield following

    def next_after(self, instant: datetime, *, zone: ZoneInfo) -> datetime | None:
        """Return the first occurrence strictly after an instant, in UTC, or None where there is none."""
        return next(self.iterate(instant, zone=zone), None)

    def iterate(self, after: datetime, *, zone: ZoneInfo, anchor: datetime | None = None) -> Iterator[datetime]:
        """Yield the occurrences strictly after an instant, in order, in UTC; a cron schedule needs no anchor."""
        first = _first_after(self, after, zone)
        if first is not None:
            yield first
            yield from self._following(first, zone)

    def _following(self, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        if self.is_fixed_time:
            return self._fixed_times(after.astimezone(UTC), zone)
        return self._elapsed_times(after.astimezone(UTC), zone)

    def _fixed_times(self, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        last = after
        for wall in self._wall_times(wall_time(after, zone)):
            instant = first_instant_showing(wall, zone)
            # Times that fall into a gap meet at its end; the second pass of a doubled hour is behind us.
            if instant > last:
                last = instant
                yield instant

    def _elapsed_times(self, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """Walk one stretch of constant offset after the other."""
        position = after
        while True:
            offset = offset_at(position, zone)
            jump = None
            for wall in self._wall_times((position + offset).replace(tzinfo=None)):
                candidate = (wall - offset).replace(tzinfo=UTC)
                jump = first_transition(position, candidate, zone)
                if jump is not None:
                    break
                position = candidate
                yield candidate
            if jump is None:
                return
            # The jump itself may be an occurrence, and walks are strictly after their start.
            offset = offset_at(jump, zone)
            first = next(self._wall_times((jump + offset - _MICROSECOND).replace(tzinfo=None)), None)
            position = jump
            if first is not None and (first - offset).replace(tzinfo=UTC) == jump:
                yield jump


def is_hashed(text: str) -> bool:
    """Whether an expression has `H` in it, so that it depends on the task's name."""
    return _HASHED.search(text) is not None


@lru_cache(maxsize=65_536)
def _first_after(expression: CronExpression, after: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first occurrence after an instant; what falls due together is asked about together."""
    return next(expression._following(after, zone), None)
