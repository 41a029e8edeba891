"""Samples as series, without a window."""

from datetime import UTC, datetime, timedelta

from console.views.overview.series import nearest, segments, summarise
from shared.enums import Priority
from shared.models.system import QueueSample

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_sample(second: int, *, normal: int = 0, high: int = 0, failed: int = 0) -> QueueSample:
    depth = {Priority.NORMAL: normal, Priority.HIGH: high}
    return QueueSample(
        at=NOW + timedelta(seconds=second), by_priority=depth, waiting=normal + high, in_flight=0, failed=failed
    )


def test_areas_stack_and_break_at_a_gap() -> None:
    found = segments([a_sample(0, normal=3, high=1), a_sample(5, normal=2), a_sample(60, high=4)], step_seconds=5)
    assert [len(segment.times) for segment in found] == [2, 1]
    assert [tops[0] for tops in found[0].tops] == [0, 3, 4, 4]


def test_a_span_is_summed_up() -> None:
    samples = [a_sample(0, normal=3, failed=1), a_sample(5, normal=9, failed=2), a_sample(50, normal=100, failed=9)]
    found = summarise(samples, NOW, NOW + timedelta(seconds=10))
    assert (found.most_waiting, found.failed) == (9, 3)


def test_nothing_is_read_in_a_gap() -> None:
    samples = [a_sample(0), a_sample(60)]
    assert nearest(samples, NOW.timestamp() + 30, within_seconds=12) is None
    assert nearest(samples, NOW.timestamp() + 55, within_seconds=12) is samples[1]
