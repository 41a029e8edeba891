from datetime import UTC, datetime, timedelta

from console.charts.span import Span
from console.views.overview.charts import summary_words
from console.views.overview.series import History, build_history, nearest, read, summarise
from shared.enums import Priority
from shared.models.system import (
    Percentiles,
    QueueSample,
    ThroughputStep,
)

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


def test_a_span_is_summed_up_in_words() -> None:
    found = summarise(a_history(), at(0), at(12))
    assert (found.most_waiting, found.succeeded, found.failed, found.oldest_seconds) == (10, 8, 2, 7.5)
    assert "up to 10 waiting, 8 succeeded, 2 failed" in summary_words(found)
    assert "no data" in summary_words(summarise(a_history(), at(40), at(50)))


def test_the_cross_hair_reads_every_value_at_once() -> None:
    reading = read(a_history(), at(6))
    assert reading.sample is not None
    assert (reading.sample.waiting, reading.succeeded, reading.wait_p95) == (10, 0.8, 2.0)
    assert read(a_history(), at(45)).sample is None
    assert read(a_history(), at(1000)).succeeded is None


def test_nothing_is_read_in_a_gap() -> None:
    samples = [a_sample(0), a_sample(60)]
    assert nearest(samples, NOW.timestamp() + 30, within_seconds=12) is None
    assert nearest(samples, NOW.timestamp() + 55, within_seconds=12) is samples[1]
