"""The shortest time between two occurrences."""

from datetime import timedelta

import pytest

from shared.schedule.schedule import parse_schedule
from shared.schedule.shortest_interval import shortest_interval


@pytest.mark.parametrize(
    ("schedule", "interval"),
    [
        ("* * * * *", timedelta(minutes=1)),
        ("* * * * * */10", timedelta(seconds=10)),
        ("0 9,10 * * *", timedelta(hours=1)),
        ("30 3 * * *", timedelta(days=1)),
        ("0 0 * * 1", timedelta(weeks=1)),
        ("59 23 31 * *", timedelta(days=31)),
        ("every 90s", timedelta(seconds=90)),
        ("after 10m", None),
        ("at 2026-12-24T18:00", None),
    ],
)
def test_the_shortest_interval_of_a_schedule(schedule: str, interval: timedelta | None) -> None:
    assert shortest_interval(parse_schedule(schedule, hash_key="task")) == interval
