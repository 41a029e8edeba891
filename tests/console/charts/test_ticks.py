from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from console.charts.ticks import short, short_time, time_ticks, time_value_ticks, value_ticks

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


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
    assert [short(1200), short(0.5), short_time(90_000), short_time(5)] == ["1.2k", "0.5", "1.5 min", "5 ms"]
