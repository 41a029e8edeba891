"""When the queue will be empty, in words and in the digits of the language."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from console.queue_forecast import about, forecast_words, rate_words


@pytest.fixture
def _english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.mark.usefixtures("_english")
@pytest.mark.parametrize(
    ("waiting", "per_second", "words"),
    [
        (1450, 9, "1,450 waiting · empty in about 2 min 40 s at 9/s"),
        (0, 9, "0 waiting"),
        (0, 0, "0 waiting"),
        (1, 0.5, "1 waiting · empty in about 5 s at 30/min"),
        (8, 0, "8 waiting · no run ended in the last minute"),
        (2_000_000, 1250, "2,000,000 waiting · empty in about 27 min at 1,250/s"),
        (1, 2 / 3600, "1 waiting · empty in about 30 min at 2/h"),
        (10_000_000, 1, "10,000,000 waiting · empty in more than 30 days at 1/s"),
    ],
)
def test_the_queue_says_when_it_will_be_empty(waiting: int, per_second: float, words: str) -> None:
    assert forecast_words(waiting, per_second) == words


@pytest.mark.parametrize(("language", "count"), [("de_DE", "1.450"), ("en_US", "1,450"), ("zh_CN", "1,450")])
def test_numbers_have_the_separators_of_the_language(language: str, count: str) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(language))
    try:
        assert forecast_words(1450, 9).startswith(count)
    finally:
        QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "5 s"),
        (12, "10 s"),
        (57, "55 s"),
        (58, "1 min"),
        (161, "2 min 40 s"),
        (599, "10 min"),
        (3569, "59 min"),
        (3571, "1 h"),
        (5000, "1 h 20 min"),
        (86_399, "1 d"),
        (100_000, "1 d 4 h"),
        (30 * 86_400, "30 d"),
    ],
)
def test_a_forecast_is_rounded_to_what_it_can_promise(seconds: float, words: str) -> None:
    assert about(seconds) == words


@given(st.floats(min_value=0.01, max_value=30 * 86_400))
def test_a_forecast_has_at_most_two_units(seconds: float) -> None:
    words = about(seconds).split()
    assert len(words) in (2, 4)
    assert words[0] != "0"


@pytest.mark.parametrize(
    ("per_second", "words"),
    [(9, "9/s"), (9.94, "9.9/s"), (9.96, "10/s"), (1.04, "1/s"), (0.99, "59/min"), (0.5, "30/min"), (0.001, "4/h")],
)
def test_a_rate_is_never_less_than_one(per_second: float, words: str) -> None:
    assert rate_words(per_second) == words
