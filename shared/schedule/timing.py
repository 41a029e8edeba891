"""All that decides when a task is due: its schedule within its bounds, without its blackouts and days off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.enums import CalendarPolicy
from shared.instants import LATEST
from shared.schedule.blackouts import Blackout
from shared.schedule.calendars import DayCalendar
from shared.schedule.plain_schedules import Delay
from shared.schedule.schedule import Schedule
from shared.schedule.zone_transitions import first_instant_showing, wall_time

MOST_SKIPPED_IN_A_ROW = 2000
"""A schedule whose occurrences all fall into blackouts or days off ends here, instead of being searched for ever."""

_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_FAR_BACK = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a task is due; `starts_at` is also what an interval counts from."""

    schedule: Schedule
    zone: ZoneInfo
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    calendar: DayCalendar | None = None
    calendar_policy: CalendarPolicy = CalendarPolicy.SKIP
    blackouts: tuple[Blackout, ...] = ()

    @property
    def follows_last_run(self) -> bool:
        """Whether an occurrence is due so long after the last run ended, and unknown until then."""
        return isinstance(self.schedule, Delay)

    def first_after(self, instant: datetime) -> datetime | None:
        """Return the first occurrence strictly after an instant, in UTC, or None where there is none."""
        return next(self.iterate(instant), None)

    def last_before(self, instant: datetime) -> datetime | None:
        """Return the last occurrence strictly before an instant, or None where there is none in five years."""
        back = timedelta(hours=2)
        while back < _FAR_BACK * 4:
            last = None
            for at in self.iterate(instant - back):
                if at >= instant:
                    break
                last = at
            if last is not None:
                return last
            back *= 6
        return None

    def iterate(self, after: datetime) -> Iterator[datetime]:
        """Yield the occurrences strictly after an instant, in order, in UTC."""
        if self.starts_at is not None and after < self.starts_at:
            after = self.starts_at - _MICROSECOND
        if self.calendar is not None and self.calendar_policy is CalendarPolicy.NEXT_WORKING_DAY:
            found = self._moved(self.calendar, after)
        elif self.calendar is not None or self.blackouts:
            found = self._open(after)
        else:
            found = self._nominal(after)
        for at in found:
            if at >= LATEST or (self.ends_at is not None and at > self.ends_at):
                return
            yield at

    def _nominal(self, after: datetime) -> Iterator[datetime]:
        return self.schedule.iterate(after, zone=self.zone, anchor=self.starts_at)

    def _open(self, after: datetime) -> Iterator[datetime]:
        """Yield what falls neither into a blackout nor on a day off; jumps over what is closed."""
        walk = self._nominal(after)
        skipped = 0
        while skipped <= MOST_SKIPPED_IN_A_ROW:
            at = next(walk, None)
            if at is None:
                return
            until = self._closed_until(at)
            if until is None:
                skipped = 0
                yield at
                continue
            skipped += 1
            walk = iter((until,)) if self.follows_last_run else self._nominal(until - _MICROSECOND)

    def _closed_until(self, at: datetime) -> datetime | None:
        ends = [end for window in self.blackouts if (end := window.closed_until(at, zone=self.zone)) is not None]
        if self.calendar is not None and self.calendar_policy is CalendarPolicy.SKIP:
            day = wall_time(at, self.zone).date()
            if self.calendar.is_off(day):
                ends.append(self._midnight(day + _DAY))
        return max(ends, default=None)

    def _midnight(self, day: date) -> datetime:
        return first_instant_showing(datetime.combine(day, time()), self.zone)

    def _moved(self, calendar: DayCalendar, after: datetime) -> Iterator[datetime]:
        """Yield occurrences, those of days off at the same time of the next working day; equal ones once.

        What is moved to a day comes before it in the walk, so that a day's occurrences are known when the
        walk leaves it.
        """
        day = wall_time(after, self.zone).date()
        begin = after
        first_off = calendar.first_of_days_off(day)
        if first_off != day or calendar.is_off(day):
            begin = min(after, self._midnight(first_off) - _MICROSECOND)
        moved: set[datetime] = set()
        moved_to: date | None = None
        last = after
        for at in self._nominal(begin):
            wall = wall_time(at, self.zone)
            is_off = calendar.is_off(wall.date())
            if moved and moved_to is not None and wall.date() > moved_to:
                yield from sorted(moved)
                last, moved = max(moved), set()
            if not is_off and not moved:
                if at > last and not self._is_blacked_out(at):
                    last = at
                    yield at
                continue
            moved_to = calendar.next_working_day(wall.date())
            if moved_to is None:
                break
            goes_to = first_instant_showing(datetime.combine(moved_to, wall.time()), self.zone) if is_off else at
            if goes_to > last and not self._is_blacked_out(goes_to):
                moved.add(goes_to.astimezone(UTC))
        yield from sorted(moved)

    def _is_blacked_out(self, at: datetime) -> bool:
        return any(window.closed_until(at, zone=self.zone) is not None for window in self.blackouts)
