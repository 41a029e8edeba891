"""Durations as they are typed and shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.durations import duration_text, read_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("1h 30m", 5400),
        ("1h30m", 5400),
        (" 2 H 5 Min ", 7500),
        ("1 week 2 days", 777_600),
        ("45", 45),
        ("0", 0),
        ("0s", 0),
        ("30 sec", 30),
        ("2 小时 5 分", 7500),
        ("1天12小时", 129_600),
        ("90秒", 90),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, seconds: int) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", " ", "soon", "1.5h", "-5s", "1h soon", "h", "1 hx", "5m30", "9999999999s"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="such as 90s"):
        read_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0, "0s"), (90, "1m 30s"), (3600, "1h"), (5400, "1h 30m"), (90_061, "1d 1h 1m 1s"), (604_800, "7d")],
)
def test_a_duration_is_shown_in_its_largest_units(seconds: int | None, text: str) -> None:
    assert duration_text(seconds) == text


@given(st.integers(0, 10**9))
def test_what_is_shown_is_read_as_the_same(seconds: int) -> None:
    assert read_duration(duration_text(seconds)) == seconds


@given(
    st.lists(st.tuples(st.integers(0, 999), st.sampled_from("wdhms")), min_size=1, max_size=5), st.text(" ", max_size=2)
)
def test_parts_in_any_order_are_added(parts: list[tuple[int, str]], between: str) -> None:
    worth = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
    text = between.join(f"{count}{unit}" for count, unit in parts)
    assert read_duration(text) == sum(count * worth[unit] for count, unit in parts)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        seconds = read_duration(text)
    except ValueError:
        return
    assert read_duration(duration_text(seconds)) == seconds
