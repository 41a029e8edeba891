"""A question for next times is answered in part where the rest would take too long."""

from datetime import UTC, datetime

import pytest

from backend.scheduling import next_times as scheduling_next_times
from backend.scheduling.next_times import next_times
from shared.models.schedule import BlackoutWindow
from shared.models.timing import timing_of
from shared.schedule.effort import TooMuchEffortError

AFTER = datetime(2026, 11, 29, tzinfo=UTC)


def blackouts(schedule: str, seconds: int) -> list[BlackoutWindow]:
    return [BlackoutWindow(schedule=schedule, duration_seconds=seconds)] * 100


def test_a_usual_schedule_has_all_of_its_times() -> None:
    timing = timing_of(name="x", schedule="0 3 * * *", timezone="Europe/Berlin", blackouts=blackouts("0 2 1 1 *", 60))
    assert len(next_times(timing, 500, after=AFTER)) == 500


def test_what_was_found_before_the_limit_is_answered() -> None:
    timing = timing_of(name="x", schedule="* * * * * *", timezone="UTC", blackouts=blackouts("* * * * *", 59))
    found = next_times(timing, 1000, after=AFTER)
    assert 0 < len(found) < 1000
    assert {at.second for at in found} == {59}


def test_a_schedule_whose_first_time_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduling_next_times, "MOST_SECONDS", 0.0)
    timing = timing_of(name="x", schedule="* * * * * *", timezone="UTC", blackouts=blackouts("* * * * *", 59))
    with pytest.raises(TooMuchEffortError):
        next_times(timing, 1, after=AFTER)
