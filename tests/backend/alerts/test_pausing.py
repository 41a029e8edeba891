"""Whether a task is paused because its runs fail."""

import pytest

from backend.alerts.pausing import should_pause


@pytest.mark.parametrize(
    ("outcomes", "after", "stops"),
    [([True, True, True], 3, True), ([True, True], 3, False), ([True, False, True], 2, False), ([True], None, False)],
)
def test_a_schedule_stops_after_failures_in_a_row(outcomes: list[bool], after: int | None, stops: bool) -> None:
    assert should_pause(outcomes, after=after) is stops
