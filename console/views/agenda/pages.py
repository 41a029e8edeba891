"""What a page of the calendar covers, and which cell a span falls into: pure, in the person's zone."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import dropwhile
from statistics import median
from zoneinfo import ZoneInfo

from shared.enums import RunStatus
from shared.models.agenda import AgendaResolution, AgendaSpan
from shared.schedule.clock_changes import first_instant_showing, wall_time

DAYS_OF_WEEK = 7
HOURS_OF_DAY = 24
BAD = (RunStatus.FAILED, RunStatus.TIMED_OUT)
CROWDED_ROUNDS = 4
"""How many times as many runs as slots must be due at once, so that a cell is marked: the last ones wait for four."""
CROWDED_ABOVE_USUAL = 1.5
"""And how far above the usual of its page it must be: a mark in every cell would point at none."""
_DAY = timedelta(days=1)
Place = tuple[int, int]


class Scale(StrEnum):
    """How much a page shows."""

    DAY = "day"
    WEEK = "week"
    NEXT_DAYS = "next_days"
    """Seven days from today on: on its last day, a week has no future."""
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Page:
    """A page: from which day on, how many days, in how many columns and rows."""

    scale: Scale
    first: date
    days: int

    @property
    def resolution(self) -> AgendaResolution:
        """What a cell stands for."""
        return AgendaResolution.DAY if self.scale is Scale.MONTH else AgendaResolution.HOUR

    @property
    def shows_days(self) -> bool:
        """Whether the columns are the days of a week."""
        return self.scale in (Scale.WEEK, Scale.NEXT_DAYS)

    @property
    def columns(self) -> int:
        """How many cells stand beside each other."""
        return 1 if self.scale is Scale.DAY else DAYS_OF_WEEK

    @property
    def rows(self) -> int:
        """How many cells stand below each other."""
        return self.days // DAYS_OF_WEEK if self.scale is Scale.MONTH else HOURS_OF_DAY

    def day_of(self, place: Place) -> date:
        """Return the day of a cell, given as (column, row)."""
        column, row = place
        return self.first + (column + row * DAYS_OF_WEEK if self.scale is Scale.MONTH else column) * _DAY

    def place_of(self, instant: datetime, zone: ZoneInfo) -> Place | None:
        """Return the cell of an instant, or None where it is on another page."""
        wall = wall_time(instant, zone)
        days = (wall.date() - self.first).days
        if not 0 <= days < self.days:
            return None
        return (days % DAYS_OF_WEEK, days // DAYS_OF_WEEK) if self.scale is Scale.MONTH else (days, wall.hour)

    def window(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the instants at which the page begins and ends."""
        begin, end = (datetime.combine(self.first + days * _DAY, time()) for days in (0, self.days))
        return first_instant_showing(begin, zone), first_instant_showing(end, zone)


def page_of(scale: Scale, day: date, *, first_weekday: int) -> Page:
    """Return the page that shows a day; `first_weekday` is 0 for Monday, as the person's week begins.

    The pages of the next days begin at the weekday of today.
    """
    if scale is Scale.DAY:
        return Page(scale, day, 1)
    first = day.replace(day=1) if scale is Scale.MONTH else day
    first -= (first.weekday() - first_weekday) % DAYS_OF_WEEK * _DAY
    if scale is not Scale.MONTH:
        return Page(scale, first, DAYS_OF_WEEK)
    after = _next_month(day)
    weeks = -(-(after - first).days // DAYS_OF_WEEK)
    return Page(scale, first, weeks * DAYS_OF_WEEK)


def turned(scale: Scale, day: date, steps: int) -> date:
    """Return the day that stands for the page so many further on, or back."""
    if scale is not Scale.MONTH:
        return day + steps * (_DAY if scale is Scale.DAY else DAYS_OF_WEEK * _DAY)
    month = day.year * 12 + day.month - 1 + steps
    first = date(month // 12, month % 12 + 1, 1)
    return first.replace(day=min(day.day, (_next_month(first) - _DAY).day))


def _next_month(day: date) -> date:
    return (day.replace(day=28) + 4 * _DAY).replace(day=1)


@dataclass(slots=True)
class Cell:
    """What falls into a cell: of a doubled hour both, of one that the clock leaves out nothing."""

    since: datetime
    until: datetime
    counts: dict[RunStatus, int] = field(default_factory=dict)
    planned: int = 0
    peak: int = 0
    peak_at: datetime | None = None
    missing: int = 0
    is_rounded: bool = False

    @property
    def ran(self) -> int:
        """How many runs ended; what a policy dropped did not run."""
        return sum(count for status, count in self.counts.items() if status is not RunStatus.SKIPPED)

    @property
    def bad(self) -> int:
        """How many of them ended badly."""
        return sum(self.counts.get(status, 0) for status in BAD)

    @property
    def load(self) -> int:
        """What heats the cell."""
        return self.ran + self.planned


def cells_of(page: Page, spans: Iterable[AgendaSpan], zone: ZoneInfo) -> dict[Place, Cell]:
    """Return the cells of a page, by (column, row)."""
    found: dict[Place, Cell] = {}
    for span in spans:
        place = page.place_of(span.since, zone)
        if place is None:
            continue
        cell = found.setdefault(place, Cell(span.since, span.until))
        cell.until = max(cell.until, span.until)
        for status, count in span.counts.items():
            cell.counts[status] = cell.counts.get(status, 0) + count
        cell.planned += span.planned
        cell.missing += span.missing
        cell.is_rounded = cell.is_rounded or span.is_rounded
        if span.peak > cell.peak:
            cell.peak, cell.peak_at = span.peak, span.peak_at
    return found


def crowded_from(cells: Iterable[Cell], *, slots: int) -> int | None:
    """Return how many runs must be due in one second, so that a cell is marked; None while no slot is known."""
    if slots <= 0:
        return None
    ahead = dropwhile(lambda cell: not cell.planned, sorted(cells, key=lambda cell: cell.since))
    peaks = [cell.peak for cell in ahead]
    usual = median(peaks) if peaks else 0
    return max(CROWDED_ROUNDS * slots, math.ceil(CROWDED_ABOVE_USUAL * usual))
