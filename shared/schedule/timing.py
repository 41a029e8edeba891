"""When a task is due: its schedule within its bounds, without its blackouts and days off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.enums import CalendarPolicy
from shared.instants import LATEST
from shared.schedule.blackouts import Blackout, WindowState
from shared.schedule.calendars import DayCalendar
from shared.schedule.clock_changes import first_instant_showing, wall_time
from shared.schedule.effort import check_effort
from shared.schedule.plain_schedules import Delay
from shared.schedule.schedule import Schedule

MAX_EFFORT_IN_A_ROW = 600
"""How much is evaluated in search of one open occurrence; a schedule without one so far has none.

A unit takes up to 0.3 ms, so that no combination of schedule and blackouts takes longer than 0.2 s an occurrence.
"""

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
            check_effort()
            if at >= LATEST or (self.ends_at is not None and at > self.ends_at):
                return
            yield at

    def _nominal(self, after: datetime) -> Iterator[datetime]:
        return self.schedule.iterate(after, zone=self.zone, anchor=self.starts_at)

    def _open(self, after: datetime) -> Iterator[datetime]:
        """Yield the occurrences outside blackouts and days off; leaps over what is closed."""
        closures = _Closures(self)
        walk = self._nominal(after)
        effort_before = 0
        while closures.effort - effort_before <= MAX_EFFORT_IN_A_ROW:
            check_effort()
            at = next(walk, None)
            if at is None:
                return
            until = closures.closed_until(at)
            if until is None:
                effort_before = closures.effort
                yield at
                continue
            walk = iter((until,)) if self.follows_last_run else self._nominal(until - _MICROSECOND)

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
            check_effort()
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
        return any(window.state_at(at, zone=self.zone).is_closed for window in self.blackouts)


class _Closures:
    """The blackouts and days off of one walk, which asks in ascending order; a state is evaluated once while it holds.

    `effort` counts evaluations, those of long chains of windows several times.
    """

    def __init__(self, timing: Timing) -> None:
        self.effort = 0
        self._zone = timing.zone
        self._calendar = timing.calendar if timing.calendar_policy is CalendarPolicy.SKIP else None
        self._windows = timing.blackouts
        self._states: list[WindowState | None] = [None] * len(timing.blackouts)

    def closed_until(self, at: datetime) -> datetime | None:
        """Return when what closes an instant ends, or None where it is open."""
        ends = []
        for place, window in enumerate(self._windows):
            state = self._states[place]
            if state is None or (state.until is not None and at >= state.until):
                state = self._states[place] = window.state_at(at, zone=self._zone)
                self.effort += state.effort
            if state.is_closed and state.until is not None:
                ends.append(state.until)
        if self._calendar is not None:
            day = wall_time(at, self._zone).date()
            if self._calendar.is_off(day):
                self.effort += 1
                ends.append(first_instant_showing(datetime.combine(day + _DAY, time()), self._zone))
        return max(ends, default=None)
