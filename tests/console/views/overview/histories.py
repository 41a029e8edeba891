"""A short history of the queue, for the tests of series and charts."""

from datetime import UTC, datetime, timedelta

from console.charts.span import Span
from console.views.overview.series import History, build_history
from shared.enums import Priority
from shared.models.system import Percentiles, QueueSample, ThroughputStep

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


def a_sample(second: int, *, normal: int = 0, high: int = 0, oldest: float | None = None) -> QueueSample:
    depth = {Priority.NORMAL: normal, Priority.HIGH: high}
    return QueueSample(
        at=at(second), by_priority=depth, waiting=normal + high, in_flight=0, oldest_waiting_seconds=oldest
    )


def a_history() -> History:
    samples = [a_sample(0, normal=3), a_sample(5, normal=9, high=1, oldest=7.5), a_sample(25, normal=100)]
    wait = Percentiles(p50_ms=1, p95_ms=2, p99_ms=3)
    steps = [ThroughputStep(at=at(0), succeeded=8, failed=2, wait=wait)]
    return build_history(Span(at(0), at(60)), samples, 5, steps, 10)
