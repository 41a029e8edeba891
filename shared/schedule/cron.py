"""Cron expressions: the occurrences of five or six fields in a time zone."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from shared.schedule.clock_changes import elapsed_times, fixed_times
from shared.schedule.cron_days import matching_days
from shared.schedule.cron_fields import CronError, CronFields, is_hashed, parse_fields

MAX_YEARS_AHEAD = 50
"""An expression without a date in so many years has none: 29 February on a given weekday comes within 40."""

_SOME_DAY = datetime(2024, 1, 1)
_SHORTEST_LOOKBACK = timedelta(seconds=1)
_LOOKBACK_GROWTH = 8


class CronExpression:
    """A valid expression; made by `parse`."""

    def __init__(self, text: str, fields: CronFields) -> None:
        self.text = text
        self.fields = fields
        self._days_of: dict[tuple[int, int], tuple[int, ...]] = {}

    def __repr__(self) -> str:
        return f"CronExpression({self.text!r})"

    @staticmethod
    def parse(text: str, *, hash_key: str) -> "CronExpression":
        """Return the expression; `H` fields are spread by `hash_key`.

        Raises:
            CronError: names the field that is wrong and says what would be right.
        """
        # Many tasks share an expression: without H it is the same for all of them, and parsed once.
        return CronExpression._parse(text, hash_key if is_hashed(text) else "")

    @staticmethod
    @lru_cache(maxsize=16_384)
    def _parse(text: str, hash_key: str) -> "CronExpression":
        parsed = CronExpression(text.strip(), parse_fields(text, hash_key=hash_key))
        if next(parsed._wall_times(_SOME_DAY), None) is None:
            raise CronError("day of month", "no such date ever comes; use a day that the month has, or L for its last")
        return parsed

    def iterate(self, after: datetime, *, zone: ZoneInfo, anchor: datetime | None = None) -> Iterator[datetime]:
        """Yield the occurrences strictly after an instant, in order, in UTC; a cron schedule needs no anchor."""
        first = _first_after(self, after, zone)
        if first is not None:
            yield first
            yield from self._following(first, zone)

    def last_until(self, instant: datetime, *, since: datetime, zone: ZoneInfo) -> datetime | None:
        """Return the last occurrence in (since, instant], in UTC, or None where there is none.

        Looks back over spans that grow, so that neither a frequent nor a rare schedule is walked for long.
        """
        span = _SHORTEST_LOOKBACK
        while True:
            start = max(since, instant - span)
            last = None
            for at in self._following(start, zone):
                if at > instant:
                    break
                last = at
            if last is not None or start == since:
                return last
            span *= _LOOKBACK_GROWTH

    def _following(self, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        walk = elapsed_times if self.fields.is_wildcard else fixed_times
        return walk(self._wall_times, after=after.astimezone(UTC), zone=zone)

    def _wall_times(self, after: datetime) -> Iterator[datetime]:
        """Yield the wall-clock times strictly after a wall-clock time, in order; all of them are naive."""
        fields = self.fields
        start = after.date()
        for day in self._dates(start):
            is_first = day == start
            for hour in fields.hours:
                if is_first and hour < after.hour:
                    continue
                for minute in fields.minutes:
                    if is_first and (hour, minute) < (after.hour, after.minute):
                        continue
                    for second in fields.seconds:
                        at = datetime(day.year, day.month, day.day, hour, minute, second)
                        if at > after:
                            yield at

    def _dates(self, start: date) -> Iterator[date]:
        """Yield the dates that match from `start` on, as long as one comes within `MAX_YEARS_AHEAD`."""
        year, last_year = start.year, start.year + MAX_YEARS_AHEAD
        while year <= min(last_year, date.max.year):
            for month in self.fields.months:
                if (year, month) < (start.year, start.month):
                    continue
                for day in self._days_in(year, month):
                    found = date(year, month, day)
                    if found >= start:
                        last_year = year + MAX_YEARS_AHEAD
                        yield found
            year += 1

    def _days_in(self, year: int, month: int) -> tuple[int, ...]:
        first_weekday, length = monthrange(year, month)
        # The days depend on the month's first weekday and its length alone: at most 28 kinds of month.
        key = (first_weekday, length)
        days = self._days_of.get(key)
        if days is None:
            days = self._days_of[key] = matching_days(self.fields, year, month)
        return days


@lru_cache(maxsize=65_536)
def _first_after(expression: CronExpression, after: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first occurrence after an instant; tasks that are due together ask with the same arguments."""
    return next(expression._following(after, zone), None)
