"""The span and the step of a chart."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.time_span import FINEST_STEP, MOST_STEPS, RequestedSpan
from shared.errors import ValidationFailedError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_default_span_is_the_last_hour_in_steps_of_thirty_seconds() -> None:
    span = RequestedSpan().resolve(now=NOW)
    assert (span.since, span.until) == (NOW - timedelta(hours=1), NOW)
    assert span.step_seconds == 30


@pytest.mark.parametrize(("asked", "given"), [(1, 5), (7, 10), (60, 60), (61, 120)])
def test_the_step_is_the_next_coarser_one_that_divides_a_day(asked: int, given: int) -> None:
    assert RequestedSpan(step_seconds=asked).resolve(now=NOW).step_seconds == given


def test_a_span_ends_after_it_begins() -> None:
    with pytest.raises(ValidationFailedError, match="before until"):
        RequestedSpan(since=NOW, until=NOW).resolve(now=NOW)


def test_no_chart_has_more_steps_than_a_screen_shows() -> None:
    longest = RequestedSpan(since=NOW - FINEST_STEP * MOST_STEPS, step_seconds=5)
    assert longest.resolve(now=NOW).step == FINEST_STEP
    with pytest.raises(ValidationFailedError, match="coarser"):
        RequestedSpan(since=NOW - FINEST_STEP * (MOST_STEPS + 1), step_seconds=5).resolve(now=NOW)
