"""What is usual for the runs of a task, and how high their chart is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.charts.usual_band import FEWEST, MOST_BANDS_HIGH, Pace, UsualBand, chart_top, usual_band

DURATIONS = st.lists(st.floats(min_value=0, max_value=1e9), max_size=60)
BAND = UsualBand(low=10, median=15, high=20, count=9)


@pytest.mark.parametrize(
    ("durations", "band"),
    [
        ([], None),
        ([1, 2, 3, 4], None),
        ([7, 7, 7, 7, 7], UsualBand(7, 7, 7, 5)),
        (list(range(11)), UsualBand(1, 5, 9, 11)),
        (list(range(10, -1, -1)), UsualBand(1, 5, 9, 11)),
        ([0, 10, 20, 30, 40], UsualBand(4, 20, 36, 5)),
    ],
)
def test_the_band_is_from_the_tenth_to_the_ninetieth_percentile(durations: list[float], band: UsualBand | None) -> None:
    assert usual_band(durations) == band


@given(DURATIONS)
def test_the_band_lies_within_the_durations_and_holds_most_of_them(durations: list[float]) -> None:
    band = usual_band(durations)
    if band is None:
        assert len(durations) < FEWEST
        return
    assert min(durations) <= band.low <= band.median <= band.high <= max(durations)
    assert band.count == len(durations)
    outside = [one for one in durations if one < band.low or one > band.high]
    assert len(outside) <= len(durations) * 0.2 + 2
    assert usual_band(sorted(durations)) == band


@pytest.mark.parametrize(
    ("took", "pace"),
    [(9.9, Pace.FASTER), (10, Pace.USUAL), (15, Pace.USUAL), (20, Pace.USUAL), (20.1, Pace.SLOWER)],
)
def test_a_duration_is_usual_within_the_band(took: float, pace: Pace) -> None:
    assert BAND.pace_of(took) is pace


@pytest.mark.parametrize(
    ("durations", "band", "top"),
    [
        ([], None, 1.0),
        ([0.0], None, 1.0),
        ([500.0, 20.0], None, 500.0),
        ([5.0], BAND, 20.0),
        ([70.0, 5.0], BAND, 70.0),
        ([5000.0, 5.0], BAND, 80.0),
        ([5000.0], UsualBand(0, 0, 0, 5), 5000.0),
    ],
)
def test_an_outlier_does_not_flatten_the_others(durations: list[float], band: UsualBand | None, top: float) -> None:
    assert chart_top(durations, band) == top


@given(DURATIONS)
def test_the_chart_shows_the_whole_band(durations: list[float]) -> None:
    band = usual_band(durations)
    top = chart_top(durations, band)
    assert top > 0
    if band is not None and band.high >= 1:
        assert band.high <= top <= max(MOST_BANDS_HIGH * band.high, max(durations))
