"""Samples as series, spans and axes, without a window."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.charts.levels import runs_of_data
from console.charts.span import LONGEST, SHORTEST, Span, step_for
from console.charts.ticks import short, short_time, time_ticks, time_value_ticks, value_ticks
from console.theme.glyphs import Glyph
from console.views.overview.charts import summary_words
from console.views.overview.health import SLOW_MS, vitals
from console.views.overview.series import History, build_history, nearest, read, summarise
from console.views.overview.time_ranges import RANGES
from shared.enums import Priority
from shared.models.system import (
    Check,
    DispatcherInfo,
    Percentiles,
    QueueSample,
    Readiness,
    SystemInfo,
    SystemStats,
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


def test_no_data_is_a_gap_and_nothing_ended_is_zero() -> None:
    history = a_history()
    assert history.succeeded == [0.8, None, 0.0, None, None, None]
    assert history.failure_rate == [20.0, None, None, None, None, None]
    assert history.wait["p95_ms"] == [2.0, None, None, None, None, None]
    assert history.depth[Priority.NORMAL] == [3.0, 9.0, 100.0]


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


def test_a_line_breaks_where_nothing_is_known() -> None:
    assert runs_of_data([0, 5, 10, 40, 45], [True] * 5, step=5) == [(0, 3), (3, 5)]
    assert runs_of_data([0, 5, 10], [True, False, True], step=5) == [(0, 1), (2, 3)]
    assert runs_of_data([], [], step=5) == []


@given(st.lists(st.tuples(st.floats(0.2, 5), st.floats(-2, 2)), max_size=20), st.floats(0, 1))
def test_zoom_and_pan_stay_where_there_can_be_data(moves: list[tuple[float, float]], share: float) -> None:
    span = Span(at(-3600), at(0))
    for factor, way in moves:
        held = span.at(share)
        zoomed = span.zoomed(share, factor, NOW)
        if zoomed.until < NOW and zoomed.since > NOW - LONGEST:
            assert abs((zoomed.at(share) - held).total_seconds()) < 1e-3
        span = zoomed.moved(way, NOW)
        assert span.until <= NOW
        assert span.since >= NOW - LONGEST
        assert span.length >= min(SHORTEST, timedelta(hours=1)) - timedelta(milliseconds=1)


def test_every_range_has_a_resolution_to_match() -> None:
    steps = [step_for(one.span) for one in RANGES]
    assert steps == sorted(steps)
    assert all(10 <= one.span / step <= 360 for one, step in zip(RANGES, steps, strict=True))


@given(st.integers(60, 30 * 86400), st.integers(0, 86400), st.integers(2, 8))
def test_time_has_few_round_marks_within_the_span(length: int, begin: int, most: int) -> None:
    since, until = at(begin), at(begin + length)
    found = time_ticks(since, until, most, ZoneInfo("Europe/Berlin"))
    assert len(found) <= most
    assert all(since <= tick <= until for tick, _words in found)


def test_marks_are_round_in_the_zone_and_say_the_day_at_midnight() -> None:
    found = time_ticks(at(0), at(6 * 3600), 6, ZoneInfo("Asia/Kathmandu"))
    assert [words for _at, words in found] == ["06:00", "07:00", "08:00", "09:00", "10:00", "11:00"]
    assert "01-02" in [words for _at, words in time_ticks(at(0), at(2 * 86400), 8, UTC)]


@given(st.floats(1e-6, 1e12), st.integers(2, 6))
def test_values_have_few_round_marks_below_the_top(top: float, most: int) -> None:
    found = value_ticks(top, most=most)
    assert 0 < len(found) <= most
    assert found[-1] <= top * (1 + 1e-6)


@given(st.floats(1, 1e10), st.integers(2, 6))
def test_lengths_of_time_have_few_round_marks(top: float, most: int) -> None:
    found = time_value_ticks(top, most=most)
    assert 0 < len(found) <= most
    assert found[-1] <= top
    assert time_value_ticks(2_500_000, most=2) == [1_200_000, 2_400_000]


def test_half_a_run_has_no_mark() -> None:
    assert value_ticks(4, is_whole=True) == [1, 2, 3, 4]
    assert value_ticks(1.5, is_whole=True) == [1]
    assert [short(1200), short(0.5), short_time(90_000), short_time(5)] == ["1.2k", "0.5", "1.5min", "5ms"]


STATS = SystemStats(
    tasks_total=0,
    tasks_active=0,
    runs_waiting=0,
    runs_blocked=0,
    runs_in_flight=0,
    workers_online=2,
    workers_draining=0,
    workers_lost=0,
    slots_total=0,
    slots_in_use=0,
    succeeded_last_hour=0,
    failed_last_hour=0,
    failed_tasks_last_hour=0,
    runs_per_second=0,
)
INFO = SystemInfo(
    version="1",
    python_version="3",
    database_version="15",
    broker="amqp://",
    roles=[],
    replica_id="r",
    started_at=NOW,
    uptime_seconds=0,
    local=False,
    now=NOW,
)


@pytest.mark.parametrize(
    ("active", "online", "lost", "latency", "ok", "shapes"),
    [
        (True, 2, 0, 1.0, True, [Glyph.TICK] * 4),
        (False, 0, 0, 1.0, False, [Glyph.CROSS] * 4),
        (True, 2, 1, SLOW_MS + 1, True, [Glyph.TICK, Glyph.TRIANGLE, Glyph.TRIANGLE, Glyph.TRIANGLE]),
    ],
)
def test_health_is_a_shape_for_each_part(
    active: bool, online: int, lost: int, latency: float, ok: bool, shapes: list[Glyph]
) -> None:
    checks = [Check(name=name, ok=ok, latency_ms=latency) for name in ("database", "message_queue")]
    stats = STATS.model_copy(update={"workers_online": online, "workers_lost": lost})
    dispatcher = DispatcherInfo(active=active, hostname="h", since=NOW)
    found = vitals(Readiness(ready=ok, checks=checks), dispatcher, INFO, stats, at(60))
    assert [vital.glyph for vital in found] == shapes
    assert all(vital.words for vital in found)
