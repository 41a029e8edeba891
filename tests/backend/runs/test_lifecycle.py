from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.broker.messages import AttemptEnd, AttemptResult, Ending
from backend.runs.lifecycle import (
    MAY_HAVE_RUN,
    TRANSITIONS,
    CancelDecision,
    Finish,
    Retry,
    RunFacts,
    Superseded,
    decide_cancel,
    decide_end,
    given_up,
    may_follow,
)
from backend.runs.retry_policy import RetryPolicy
from shared.enums import OnWorkerLost, RetryBackoff, RunStatus

S = timedelta(seconds=1)

POLICIES = st.builds(
    RetryPolicy,
    count=st.integers(0, 5),
    delay=st.integers(0, 100).map(lambda seconds: seconds * S),
    max_delay=st.integers(0, 1000).map(lambda seconds: seconds * S),
    backoff=st.sampled_from(RetryBackoff),
    on_worker_lost=st.sampled_from(OnWorkerLost),
)
FACTS = st.builds(
    RunFacts,
    status=st.sampled_from(RunStatus),
    attempt=st.integers(1, 6),
    failures=st.integers(0, 6),
    cancel_requested=st.booleans(),
)
CHANCES = st.floats(0, 1, exclude_max=True)


def policy(count: int = 0, lost: OnWorkerLost = OnWorkerLost.RETRY) -> RetryPolicy:
    return RetryPolicy(
        count=count, delay=10 * S, max_delay=3600 * S, backoff=RetryBackoff.EXPONENTIAL, on_worker_lost=lost
    )


def facts(status: RunStatus = RunStatus.RUNNING, *, failures: int = 0, cancel: bool = False) -> RunFacts:
    return RunFacts(status=status, attempt=1, failures=failures, cancel_requested=cancel)


def end(ending: Ending, *, attempt: int = 1, began: bool = False) -> AttemptEnd:
    result = AttemptResult(ending=ending, execution_time_ms=1 if began else None)
    return AttemptEnd(run_id=1, attempt=attempt, result=result)


@given(FACTS, st.integers(1, 6), st.sampled_from(Ending), POLICIES, CHANCES)
def test_an_end_never_leaves_a_final_state_nor_takes_an_illegal_way(
    run: RunFacts, attempt: int, ending: Ending, how: RetryPolicy, chance: float
) -> None:
    decision = decide_end(run, end(ending, attempt=attempt), policy=how, chance=chance, max_lost_attempts=5)
    if run.status.is_final or attempt != run.attempt:
        assert decision == Superseded()
    match decision:
        case Finish(status, _):
            assert status.is_final
            assert may_follow(run.status, status)
        case Retry(delay, failures, _):
            assert may_follow(run.status, RunStatus.PENDING)
            assert not run.cancel_requested
            assert timedelta() <= delay <= how.max_delay
            assert failures <= max(how.count, run.failures)
        case Superseded():
            pass


@given(POLICIES, CHANCES)
def test_a_run_that_always_fails_is_tried_as_often_as_asked_and_no_more(how: RetryPolicy, chance: float) -> None:
    failures, attempt = 0, 1
    while True:
        run = RunFacts(status=RunStatus.RUNNING, attempt=attempt, failures=failures, cancel_requested=False)
        decision = decide_end(run, end(Ending.FAILED, attempt=attempt), policy=how, chance=chance, max_lost_attempts=5)
        if isinstance(decision, Finish):
            break
        assert isinstance(decision, Retry)
        failures, attempt = decision.failures, attempt + 1
    assert attempt == how.count + 1


@pytest.mark.parametrize(
    ("run", "ending", "how", "expected"),
    [
        (facts(), Ending.SUCCEEDED, policy(), Finish(RunStatus.SUCCEEDED)),
        (facts(cancel=True), Ending.SUCCEEDED, policy(), Finish(RunStatus.SUCCEEDED)),
        (facts(cancel=True), Ending.FAILED, policy(3), Finish(RunStatus.FAILED)),
        (facts(cancel=True), Ending.LOST, policy(3), Finish(RunStatus.CANCELLED)),
        (facts(cancel=True), Ending.REJECTED, policy(3), Finish(RunStatus.CANCELLED)),
        (facts(), Ending.CANCELLED, policy(3), Finish(RunStatus.CANCELLED)),
        (facts(), Ending.TIMED_OUT, policy(), Finish(RunStatus.TIMED_OUT)),
        (facts(), Ending.LOST, policy(0, OnWorkerLost.FAIL), Finish(RunStatus.FAILED, MAY_HAVE_RUN)),
        (facts(), Ending.LOST, policy(), Retry(timedelta(), 0)),
        (facts(RunStatus.DISPATCHED), Ending.REJECTED, policy(), Retry(timedelta(), 0)),
        (facts(failures=2), Ending.FAILED, policy(2), Finish(RunStatus.FAILED)),
        (facts(RunStatus.PENDING), Ending.SUCCEEDED, policy(), Superseded()),
    ],
)
def test_what_an_end_means(run: RunFacts, ending: Ending, how: RetryPolicy, expected: object) -> None:
    assert decide_end(run, end(ending), policy=how, chance=0.5, max_lost_attempts=5) == expected


@pytest.mark.parametrize("status", RunStatus)
def test_cancelling(status: RunStatus) -> None:
    decision = decide_cancel(status)
    if status.is_final:
        assert decision is CancelDecision.TOO_LATE
    elif status.is_held_by_worker:
        assert decision is CancelDecision.ASK_WORKER
    else:
        assert decision is CancelDecision.AT_ONCE
        assert may_follow(status, RunStatus.CANCELLED)


def test_the_table_of_transitions_is_that_of_the_design() -> None:
    assert set(TRANSITIONS) == set(RunStatus)
    assert all(not TRANSITIONS[status] for status in RunStatus if status.is_final)
    assert not any(RunStatus.BLOCKED in following for following in TRANSITIONS.values())


@pytest.mark.parametrize(
    ("began", "lost", "expected"),
    [
        (False, OnWorkerLost.RETRY, Retry(timedelta(), 0)),
        (True, OnWorkerLost.RETRY, Retry(timedelta(), 0)),
        (False, OnWorkerLost.FAIL, Retry(timedelta(), 0)),
        (True, OnWorkerLost.FAIL, Finish(RunStatus.FAILED, MAY_HAVE_RUN)),
    ],
)
def test_a_run_handed_back_after_it_began_does_not_begin_twice_where_its_task_forbids_it(
    began: bool, lost: OnWorkerLost, expected: Finish | Retry
) -> None:
    decision = decide_end(
        facts(), end(Ending.REJECTED, began=began), policy=policy(3, lost), chance=0.5, max_lost_attempts=5
    )
    assert decision == expected


@pytest.mark.parametrize(
    ("ending", "has_begun", "lost_before", "most", "expected"),
    [
        (Ending.LOST, True, 3, 5, Retry(timedelta(), 0)),
        (Ending.LOST, True, 4, 5, Finish(RunStatus.FAILED, given_up(5), is_given_up=True)),
        (Ending.LOST, True, 0, 1, Finish(RunStatus.FAILED, given_up(1), is_given_up=True)),
        # An attempt that never began, or that its worker returned, is no loss.
        (Ending.LOST, False, 4, 5, Retry(timedelta(), 0)),
        (Ending.REJECTED, True, 4, 5, Retry(timedelta(), 0)),
        # A failure is counted by its own limit.
        (Ending.FAILED, True, 9, 5, Finish(RunStatus.FAILED)),
    ],
)
def test_a_run_that_is_lost_with_its_worker_too_often_fails(
    ending: Ending, has_begun: bool, lost_before: int, most: int, expected: Finish | Retry
) -> None:
    run = replace(facts(), has_begun=has_begun, begun_and_lost=lost_before)
    assert decide_end(run, end(ending), policy=policy(), chance=0.5, max_lost_attempts=most) == expected


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 6))
def test_losses_never_retry_a_run_for_ever(begins: list[bool], most: int) -> None:
    """Whichever attempts began, the one that brings the losses of begun ones to the limit is the last."""
    lost = 0
    for attempt, has_begun in enumerate(begins, start=1):
        run = RunFacts(
            status=RunStatus.RUNNING if has_begun else RunStatus.DISPATCHED,
            attempt=attempt,
            failures=0,
            cancel_requested=False,
            has_begun=has_begun,
            begun_and_lost=lost,
        )
        decision = decide_end(
            run, end(Ending.LOST, attempt=attempt), policy=policy(), chance=0.5, max_lost_attempts=most
        )
        lost += has_begun
        assert isinstance(decision, Finish) == (lost >= most)
        if isinstance(decision, Finish):
            break
