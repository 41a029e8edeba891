"""When a follower of a log has all of it."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.runs.follow_log import FRESH, MISSING_SECONDS, SETTLE_SECONDS, FollowRule, FollowStep
from shared.enums import Priority, RunStatus, RunTrigger
from shared.models.run import Run

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def run(status: RunStatus = RunStatus.SUCCEEDED, *, ended: timedelta | None = None) -> Run:
    return Run(
        id=1,
        task_id=1,
        task_name="task",
        task_version=1,
        status=status,
        trigger=RunTrigger.MANUAL,
        attempt=1,
        priority=Priority.NORMAL,
        queued_at=NOW - timedelta(minutes=1),
        completed_at=None if ended is None else NOW - ended,
    )


def step(rule: FollowRule, what: Run, *, is_whole: bool | None, clock: float, has_new: bool = False) -> FollowStep:
    rule.expects_rest(what, now=NOW)
    return rule.next_step(what, is_whole=is_whole, has_new=has_new, clock=clock)


def test_a_run_that_has_not_ended_is_followed_on() -> None:
    rule = FollowRule()
    assert not rule.expects_rest(run(RunStatus.RUNNING), now=NOW)
    assert step(rule, run(RunStatus.RUNNING), is_whole=None, clock=0) is FollowStep.AWAIT_OUTPUT
    assert step(rule, run(RunStatus.RUNNING), is_whole=None, clock=1e6, has_new=True) is FollowStep.AWAIT_OUTPUT


def test_it_ends_at_once_when_all_pieces_are_stored() -> None:
    assert step(FollowRule(), run(ended=timedelta(0)), is_whole=True, clock=0) is FollowStep.END


def test_missing_pieces_are_awaited_until_they_are_stored() -> None:
    rule = FollowRule()
    assert step(rule, run(ended=timedelta(0)), is_whole=False, clock=0) is FollowStep.AWAIT_REST
    assert step(rule, run(ended=timedelta(0)), is_whole=False, clock=1, has_new=True) is FollowStep.AWAIT_REST
    assert step(rule, run(ended=timedelta(0)), is_whole=True, clock=2, has_new=True) is FollowStep.END


@pytest.mark.parametrize(("is_whole", "patience"), [(False, MISSING_SECONDS), (None, SETTLE_SECONDS)])
def test_what_never_comes_is_not_awaited_for_ever(is_whole: bool | None, patience: float) -> None:
    rule = FollowRule()
    assert step(rule, run(ended=timedelta(0)), is_whole=is_whole, clock=0) is FollowStep.AWAIT_REST
    assert step(rule, run(ended=timedelta(0)), is_whole=is_whole, clock=patience - 0.01) is FollowStep.AWAIT_REST
    assert step(rule, run(ended=timedelta(0)), is_whole=is_whole, clock=patience) is FollowStep.END


def test_each_new_piece_extends_the_wait() -> None:
    rule = FollowRule()
    step(rule, run(ended=timedelta(0)), is_whole=None, clock=0)
    assert step(rule, run(ended=timedelta(0)), is_whole=None, clock=5, has_new=True) is FollowStep.AWAIT_REST


def test_the_log_of_a_run_that_ended_long_ago_is_complete() -> None:
    rule = FollowRule()
    assert not rule.expects_rest(run(ended=FRESH), now=NOW)
    assert step(rule, run(ended=FRESH), is_whole=None, clock=0) is FollowStep.END


def test_a_run_that_was_seen_running_may_lack_its_rest_however_long_ago_it_ended() -> None:
    rule = FollowRule()
    rule.expects_rest(run(RunStatus.RUNNING), now=NOW)
    assert rule.expects_rest(run(ended=timedelta(hours=1)), now=NOW)
    assert step(rule, run(ended=timedelta(hours=1)), is_whole=False, clock=0) is FollowStep.AWAIT_REST
