"""The filter of the runs decides as the backend's list does."""

from datetime import datetime, timedelta

import pytest

from console.views.runs.run_filter import RunFilter
from shared.enums import RunTrigger
from tests.console.factories import NOW, a_run


def second(number: int) -> datetime:
    return NOW + timedelta(seconds=number)


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [
        (RunFilter(), True),
        (RunFilter(text="BACKUP"), True),
        (RunFilter(text="#7"), True),
        (RunFilter(text="other"), False),
        (RunFilter(worker_id="w2"), False),
        (RunFilter(trigger=RunTrigger.SCHEDULE), False),
        (RunFilter(since=second(1)), False),
        (RunFilter(until=second(0)), False),
        (RunFilter(until=second(1)), True),
        (RunFilter(waiting_since=second(9), waiting_until=second(20)), True),
        (RunFilter(waiting_since=second(11), waiting_until=second(20)), False),
    ],
)
def test_a_filter_looks_at_every_part(wanted: RunFilter, matches: bool) -> None:
    assert wanted.matches(a_run(7, worker_id="w1", started_at=second(10))) is matches


def test_child_runs_are_listed_for_their_worker_only() -> None:
    child = a_run(8, fan_out_run_id=7, worker_id="w1")
    assert not RunFilter().matches(child)
    assert RunFilter(worker_id="w1").matches(child)
