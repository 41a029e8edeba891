"""Which runs a list shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.enums import RunStatus, RunTrigger
from shared.models.run import Run
from shared.models.run_filter import RunFilter

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def run(**fields: Any) -> Run:
    known: dict[str, Any] = {
        "id": 7,
        "task_id": 3,
        "task_name": "nightly backup",
        "status": RunStatus.RUNNING,
        "trigger": RunTrigger.MANUAL,
        "queued_at": NOW,
    }
    return Run(**(known | fields))


def second(number: int) -> datetime:
    return NOW + timedelta(seconds=number)


STARTED = run(worker_id="w1", started_at=second(10))
ENDED = run(started_at=second(10), completed_at=second(20))


@pytest.mark.parametrize(
    ("wanted", "shown", "matches"),
    [
        (RunFilter(), STARTED, True),
        (RunFilter(text="BACKUP"), STARTED, True),
        (RunFilter(text=" #7 "), STARTED, True),
        (RunFilter(text="other"), STARTED, False),
        (RunFilter(worker_id="w2"), STARTED, False),
        (RunFilter(trigger=RunTrigger.SCHEDULE), STARTED, False),
        (RunFilter(statuses=frozenset({RunStatus.FAILED})), STARTED, False),
        (RunFilter(backfill_id=5), STARTED, False),
        (RunFilter(backfill_id=5), run(backfill_id=5), True),
        (RunFilter(since=second(1)), STARTED, False),
        (RunFilter(until=second(0)), STARTED, False),
        (RunFilter(until=second(1)), STARTED, True),
        (RunFilter(ended_since=second(20)), ENDED, True),
        (RunFilter(ended_until=second(20)), ENDED, False),
        (RunFilter(ended_until=second(21)), STARTED, False),
        (RunFilter(waiting_since=second(9), waiting_until=second(20)), STARTED, True),
        (RunFilter(waiting_since=second(11), waiting_until=second(20)), STARTED, False),
        (RunFilter(), run(fan_out_run_id=6), False),
        (RunFilter(fan_out_run_id=6), run(fan_out_run_id=6), True),
        (RunFilter(worker_id="w1"), run(fan_out_run_id=6, worker_id="w1"), True),
    ],
)
def test_every_part_of_a_filter_decides(wanted: RunFilter, shown: Run, matches: bool) -> None:
    assert wanted.matches(shown) is matches


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("#12", 12), ("1.2", None), ("²", None), ("9" * 30, None)])
def test_a_text_may_name_a_run(text: str, number: int | None) -> None:
    assert RunFilter(text=text).run_number == number


@pytest.mark.parametrize(
    ("wanted", "sort"),
    [
        (RunFilter(), "-id"),
        (RunFilter(since=second(1)), "-id"),
        (RunFilter(since=second(1), until=second(2)), "-queued_at"),
        (RunFilter(waiting_since=second(1), waiting_until=second(2)), "-queued_at"),
        (RunFilter(ended_since=second(1)), "-completed_at"),
        (RunFilter(until=second(9), ended_until=second(9)), "-completed_at"),
    ],
)
def test_the_newest_come_first_by_the_time_that_bounds_them(wanted: RunFilter, sort: str) -> None:
    assert wanted.newest_first == sort
