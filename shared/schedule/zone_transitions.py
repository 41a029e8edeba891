"""Where a zone's clock jumps, found by bisecting offsets: the standard library has no table of transitions."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

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
