"""Walks schedules over a window of time, at a bounded cost."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from shared.models.agenda import AgendaResolution
from shared.schedule.clock_changes import first_instant_showing, wall_time
from shared.schedule.effort import TooMuchEffortError
from shared.schedule.timing import Timing

MOST_STEPS = 20_000
"""Occurrences walked for one answer; each takes about 50 µs, so an answer takes about a second."""
FEWEST_EACH = 3
"""Occurrences walked of each timing at least: two of them give its rate."""

_MICROSECOND = timedelta(microseconds=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
Span = tuple[datetime, datetime]


def spans_of(since: datetime, until: datetime, *, resolution: AgendaResolution, zone: ZoneInfo) -> list[Span]:
    """Return the hours or days of the zone that a window touches; a day may have 23 or 25 hours."""
    wall = wall_time(since, zone)
    found: list[Span] = []
    if resolution is AgendaResolution.HOUR:
        begin = since - timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
        while begin < until:
            found.append((begin.astimezone(UTC), (begin + _HOUR).astimezone(UTC)))
            begin += _HOUR
        return found
    day = wall.replace(hour=0, minute=0, second=0, microsecond=0)
    begin = first_instant_showing(day, zone)
    while begin < until:
        day += _DAY
        end = first_instant_showing(day, zone)
        found.append((begin.astimezone(UTC), end.astimezone(UTC)))
        begin = end
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTiming:
    """A timing that `tasks` tasks share; `task_ids` are the first of them, and `since` is when the timing began.

    `due` is the only known occurrence of a task that follows its last run.
    """

    timing: Timing
    tasks: int
    task_ids: Sequence[int] = ()
    due: datetime | None = None
    since: datetime | None = None

    def known_occurrences(self, begin: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the occurrences from `begin` to before `end`, up to where an `effort_limit` ends the walk."""
        with suppress(TooMuchEffortError):
            yield from self.occurrences(begin, end)

    def occurrences(self, begin: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the occurrences from `begin` to before `end`."""
        if self.timing.follows_last_run:
            if self.due is not None and begin <= self.due < end:
                yield self.due
            return
        for at in self.timing.iterate(begin - _MICROSECOND):
            if at >= end:
                return
            yield at


def newest_occurrences(
    shared: SharedTiming, begin: datetime, end: datetime, *, most: int
) -> tuple[datetime, list[datetime]]:
    """Return about the newest `most` occurrences from `begin` to before `end`, and since when they are complete.

    A schedule with more occurrences is walked from a later begin, which is estimated from its first gap.
    """
    first = list(islice(shared.known_occurrences(begin, end), 2))
    if len(first) == 2:
        begin = max(begin, end - (first[1] - first[0]) * most)
    return begin, list(islice(shared.known_occurrences(begin, end), most))


@dataclass(frozen=True, slots=True)
class PlannedSpan:
    """The number of occurrences in a span, and the second in which most of them are due."""

    count: int = 0
    peak: int = 0
    peak_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AgendaPlan:
    """Occurrences by span. `is_estimated`: some were counted by their rate. Tasks left out were not walked."""

    spans: list[PlannedSpan]
    is_estimated: bool = False
    tasks_left_out: int = 0


@dataclass(slots=True)
class _Tally:
    """Counts so far: by span, with fractions, and by second."""

    spans: Sequence[Span]
    counts: list[float] = field(default_factory=list)
    seconds: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.counts = [0.0] * len(self.spans)

    def add(self, at: datetime, tasks: int) -> None:
        place = bisect_right(self.spans, (at, datetime.max.replace(tzinfo=UTC))) - 1
        self.counts[place] += tasks
        second = int(at.timestamp())
        self.seconds[second] = self.seconds.get(second, 0) + tasks

    def add_rate(self, after: datetime, end: datetime, *, per_second: float) -> None:
        """Count occurrences at a rate from `after` to `end`."""
        for place, (since, until) in enumerate(self.spans):
            seconds = (min(until, end) - max(since, after)).total_seconds()
            if seconds > 0:
                self.counts[place] += seconds * per_second

    def result(self) -> list[PlannedSpan]:
        peaks: list[tuple[int, int]] = [(0, 0)] * len(self.spans)
        for second, count in sorted(self.seconds.items()):
            at = datetime.fromtimestamp(second, UTC)
            place = max(0, bisect_right(self.spans, (at, datetime.max.replace(tzinfo=UTC))) - 1)
            if count > peaks[place][0]:
                peaks[place] = (count, second)
        return [
            PlannedSpan(round(count), peak, datetime.fromtimestamp(second, UTC) if peak else None)
            for count, (peak, second) in zip(self.counts, peaks, strict=True)
        ]


@dataclass(slots=True)
class _Walk:
    """A timing that is being walked: the number of occurrences so far, the first and the last of them."""

    shared: SharedTiming
    occurrences: Iterator[datetime]
    walked: int = 0
    first: datetime = datetime.min
    last: datetime = datetime.min
    has_ended: bool = False
    is_left_out: bool = False

    def go(self, steps: int, tally: _Tally) -> int:
        """Walk so many occurrences; return how many steps that took, where the end is one."""
        for taken in range(steps):
            try:
                at = next(self.occurrences, None)
            except TooMuchEffortError:
                self.is_left_out = True
                at = None
            if at is None:
                self.has_ended = True
                return taken + 1
            tally.add(at, self.shared.tasks)
            self.first = at if self.walked == 0 else self.first
            self.last = at
            self.walked += 1
        return steps


def plan(
    timings: Sequence[SharedTiming], spans: Sequence[Span], *, begin: datetime, most_steps: int = MOST_STEPS
) -> AgendaPlan:
    """Return how many occurrences are due in each span from `begin` on; `spans` follow each other without a gap.

    Each timing is walked once for all tasks that share it, the most shared first. Each gets an equal part of
    `most_steps`, and frequent ones get what the others leave. The rest of one that is still too frequent is
    estimated from its rate. A walk that is ended by an `effort_limit` counts its tasks as left out. If there are
    more timings than steps, the tasks of the last ones are counted as left out.
    """
    tally = _Tally(spans)
    end = spans[-1][1]
    begin = max(begin, spans[0][0])
    walks = [_Walk(one, one.occurrences(begin, end)) for one in sorted(timings, key=lambda one: -one.tasks)]
    left_out = sum(walk.shared.tasks for walk in walks[most_steps // (FEWEST_EACH + 1) :])
    walks = walks[: most_steps // (FEWEST_EACH + 1)]
    every = walks
    left = most_steps
    while walks and left > len(walks):
        part = max(FEWEST_EACH, left // len(walks) - 1)
        left -= sum(walk.go(part, tally) for walk in walks)
        walks = [walk for walk in walks if not walk.has_ended]
    for walk in walks:
        seconds = max(1.0, (walk.last - walk.first).total_seconds())
        rate = (walk.walked - 1) / seconds
        tally.add_rate(walk.last, end, per_second=rate * walk.shared.tasks)
    left_out += sum(walk.shared.tasks for walk in every if walk.is_left_out)
    return AgendaPlan(tally.result(), bool(walks), left_out)
