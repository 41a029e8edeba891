"""When a dependency over a whole period is satisfied."""

from datetime import UTC, datetime

import pytest

from backend.tasks.dependency_conditions import decide_period

HOURS = [datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in range(4)]


@pytest.mark.parametrize(
    ("expected", "made", "met", "is_met"),
    [
        (HOURS, 4, HOURS, True),
        (HOURS, 3, HOURS[:3], False),
        (HOURS, 4, HOURS[:3], False),
        (HOURS[2:], 4, HOURS, True),
        ([], 0, [], False),
        ([], 2, HOURS[:2], True),
    ],
)
def test_a_period_is_satisfied_by_all_of_its_occurrences(
    expected: list[datetime], made: int, met: list[datetime], is_met: bool
) -> None:
    assert decide_period(expected=set(expected), made=made, met=set(met)) is is_met
