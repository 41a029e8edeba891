from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.charts.span import LONGEST, SHORTEST, Span

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


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
