"""The backend's history as series for the charts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from console.charts.span import Span
from shared.enums import Priority
from shared.models.system import Percentiles, QueueSample, ThroughputStep

STACK: tuple[Priority, ...] = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.CRITICAL)
"""From the bottom up."""

SHARES = ("p50_ms", "p95_ms")


@dataclass(frozen=True, slots=True)
class History:
    """Queue and throughput over a span, each at its own steps; None is no data, which is not zero."""

    span: Span
    queue_step: float
    queue_times: list[float] = field(default_factory=list)
    depth: dict[Priority, list[float | None]] = field(default_factory=dict)
    samples: Sequence[QueueSample] = ()
    step: float = 60.0
    times: list[float] = field(default_factory=list)
    succeeded: list[float | None] = field(default_factory=list)
    failed: list[float | None] = field(default_factory=list)
    failure_rate: list[float | None] = field(default_factory=list)
    wait: dict[str, list[float | None]] = field(default_factory=dict)
    duration: dict[str, list[float | None]] = field(default_factory=dict)


def build_history(
    span: Span,
    samples: Sequence[QueueSample],
    queue_step: float,
    steps: Sequence[ThroughputStep],
    step: float,
) -> History:
    """Return the series of a span.

    Where the queue was sampled and nothing ended, the throughput is zero; where it was not sampled, nothing is known.
    The last step, which has not passed, is left out: it would always look like a fall.
    """
    known = {int(sample.at.timestamp() // step) for sample in samples}
    found = {int(one.at.timestamp() // step): one for one in steps}
    first, last = int(span.since.timestamp() // step), int(span.until.timestamp() // step)
    history = History(
        span=span,
        queue_step=queue_step,
        queue_times=[sample.at.timestamp() for sample in samples],
        depth={one: [float(sample.by_priority.get(one, 0)) for sample in samples] for one in STACK},
        samples=samples,
        step=step,
        wait={share: [] for share in SHARES},
        duration={share: [] for share in SHARES},
    )
    for place in range(first, last):
        one = found.get(place)
        is_known = place in known or one is not None
        ended = one.succeeded + one.failed if one else 0
        history.times.append((place + 0.5) * step)
        history.succeeded.append((one.succeeded if one else 0) / step if is_known else None)
        history.failed.append((one.failed if one else 0) / step if is_known else None)
        history.failure_rate.append(100 * one.failed / ended if one and ended else None)
        for kept, times in (
            (history.wait, one.wait if one else None),
            (history.duration, one.duration if one else None),
        ):
            for share in SHARES:
                kept[share].append(_value(times, share))
    return history


def _value(times: Percentiles | None, share: str) -> float | None:
    return None if times is None else float(getattr(times, share))


@dataclass(frozen=True, slots=True)
class Reading:
    """All values at one instant; what is not known there is None."""

    at: datetime
    sample: QueueSample | None
    succeeded: float | None
    failed: float | None
    failure_rate: float | None
    wait: tuple[float | None, float | None]
    """The 50th and the 95th percentile, in milliseconds."""
    duration: tuple[float | None, float | None]


def read(history: History, at: datetime) -> Reading:
    """Return what the cross-hair reads at an instant."""
    moment = at.timestamp()
    place = int(moment // history.step) - int(history.span.since.timestamp() // history.step)

    def value(values: Sequence[float | None]) -> float | None:
        return values[place] if 0 <= place < len(values) else None

    def percentiles(times: Mapping[str, Sequence[float | None]]) -> tuple[float | None, float | None]:
        low, high = (value(times.get(share, ())) for share in SHARES)
        return low, high

    return Reading(
        at,
        nearest(history.samples, moment, within_seconds=2.5 * history.queue_step),
        value(history.succeeded),
        value(history.failed),
        value(history.failure_rate),
        percentiles(history.wait),
        percentiles(history.duration),
    )


def newest(history: History) -> datetime:
    """Return the middle of the newest step in which a run ended, or of the last step of all."""
    known = [at for at, value in zip(history.times, history.failure_rate, strict=True) if value is not None]
    seconds = max(known, default=history.times[-1] if history.times else history.span.until.timestamp())
    return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True, slots=True)
class SpanSummary:
    """What happened in a selected span; `oldest_seconds` is the greatest age of what waited in it."""

    since: datetime
    until: datetime
    most_waiting: int
    succeeded: int
    failed: int
    oldest_seconds: float = 0.0
    is_known: bool = True


def summarise(history: History, since: datetime, until: datetime) -> SpanSummary:
    """Return what the series from `since` to `until` say together."""
    half = history.queue_step / 2
    begin, end = since.timestamp() - half, until.timestamp() + half
    inside = [sample for sample in history.samples if begin <= sample.at.timestamp() <= end]
    places = [place for place, at in enumerate(history.times) if since.timestamp() <= at <= until.timestamp()]

    def total(values: Sequence[float | None]) -> int:
        return round(sum((values[place] or 0.0) * history.step for place in places))

    return SpanSummary(
        since,
        until,
        most_waiting=max((sample.waiting for sample in inside), default=0),
        succeeded=total(history.succeeded),
        failed=total(history.failed),
        oldest_seconds=max((sample.oldest_waiting_seconds or 0.0 for sample in inside), default=0.0),
        is_known=bool(inside or any(history.succeeded[place] is not None for place in places)),
    )


def nearest(samples: Sequence[QueueSample], at: float, *, within_seconds: float) -> QueueSample | None:
    """Return the sample nearest to the POSIX time `at`, or None in a gap."""
    best = min(samples, key=lambda sample: abs(sample.at.timestamp() - at), default=None)
    if best is None or abs(best.at.timestamp() - at) > within_seconds:
        return None
    return best
