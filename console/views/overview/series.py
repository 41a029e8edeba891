"""Queue samples as series for a stacked chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.enums import Priority
from shared.models.system import QueueSample

STACK: tuple[Priority, ...] = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.CRITICAL)
"""From the bottom up."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Samples without a gap: `tops[level]` is the upper edge of that level's area, in runs."""

    times: list[float]
    tops: list[list[float]]


def segments(samples: Sequence[QueueSample], *, step_seconds: float) -> list[Segment]:
    """Return the stacked edges, broken wherever more than two steps have no sample."""
    found: list[Segment] = []
    last: float | None = None
    for sample in samples:
        at = sample.at.timestamp()
        if last is None or at - last > 2.5 * step_seconds:
            found.append(Segment([], [[] for _ in STACK]))
        segment = found[-1]
        segment.times.append(at)
        height = 0.0
        for level, priority in enumerate(STACK):
            height += sample.by_priority.get(priority, 0)
            segment.tops[level].append(height)
        last = at
    return found


@dataclass(frozen=True, slots=True)
class SpanSummary:
    """What happened in a selected span."""

    since: datetime
    until: datetime
    most_waiting: int
    succeeded: int
    failed: int


def summarise(samples: Sequence[QueueSample], since: datetime, until: datetime) -> SpanSummary:
    """Return what the samples from `since` to `until` say together."""
    inside = [sample for sample in samples if since <= sample.at <= until]
    return SpanSummary(
        since,
        until,
        most_waiting=max((sample.waiting for sample in inside), default=0),
        succeeded=sum(sample.succeeded for sample in inside),
        failed=sum(sample.failed for sample in inside),
    )


def nearest(samples: Sequence[QueueSample], at: float, *, within_seconds: float) -> QueueSample | None:
    """Return the sample nearest to the POSIX time `at`, or None in a gap."""
    best = min(samples, key=lambda sample: abs(sample.at.timestamp() - at), default=None)
    if best is None or abs(best.at.timestamp() - at) > within_seconds:
        return None
    return best
