"""What clock changes do to schedules: the rule for wall-clock times that do not exist or exist twice.

The rule is cronie's (cron(8), "Daylight Saving Time and other time changes"): a wildcard schedule follows elapsed time;
any other one is a fixed time, which runs once at the first instant after a gap and once in a repeated hour. Transitions
are found by bisecting offsets, since the standard library has no table of them.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

WallTimes = Callable[[datetime], Iterator[datetime]]
"""Yields the wall-clock times of a schedule strictly after one, in order; all of them are naive."""

_MICROSECOND = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)
_SHORTEST_STRETCH = timedelta(days=7)
"""Shorter than any period between two transitions of a zone (the shortest is Morocco's, a month over Ramadan)."""


def offset_at(instant: datetime, zone: ZoneInfo) -> timedelta:
    """Return the zone's offset from UTC at an instant."""
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def wall_time(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return what the zone's clocks show at an instant, naive."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def transition_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first second in (before, after] at which the offset is not `before`'s any more.

    The offsets at both ends must differ. Where the clock jumps more than once in between, the result is a jump
    away from the offset at `before`.
    """
    offset = offset_at(before, zone)
    low, high = before.replace(microsecond=0), after.replace(microsecond=0)
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if offset_at(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high


def first_transition(before: datetime, until: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first second in (before, until] at which the offset is not `before`'s any more, or None.

    The offsets at both ends may be equal: a clock that is set back in autumn is set forward in spring.
    """
    offset = offset_at(before, zone)
    while before < until:
        at = min(until, before + _SHORTEST_STRETCH)
        if offset_at(at, zone) != offset:
            return transition_between(before, at, zone)
        before = at
    return None


def first_instant_showing(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at which clocks show `wall`, or the first after the gap that leaves it out."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if wall_time(instant, zone) == wall:
        return instant
    # With fold=0 a time in a gap is read with the offset before the gap, and so is after the jump.
    return transition_between(instant - timedelta(days=2), instant, zone)


def fixed_times(wall_times: WallTimes, *, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the instants of fixed times after an instant, in UTC."""
    last = after
    for wall in wall_times(wall_time(after, zone)):
        instant = first_instant_showing(wall, zone)
        # Times that fall into a gap meet at its end; the second pass of a repeated hour is in the past.
        if instant > last:
            last = instant
            yield instant


def elapsed_times(wall_times: WallTimes, *, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the instants of a wildcard schedule after an instant, in UTC: one stretch of constant offset at a time."""
    position = after
    while True:
        offset = offset_at(position, zone)
        jump = None
        for wall in wall_times((position + offset).replace(tzinfo=None)):
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
        first = next(wall_times((jump + offset - _MICROSECOND).replace(tzinfo=None)), None)
        position = jump
        if first is not None and (first - offset).replace(tzinfo=UTC) == jump:
            yield jump
