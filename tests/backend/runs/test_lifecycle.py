from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.runs.lifecycle import (
    TRANSITIONS,
    CancelDecision,
    Ending,
    Finish,
    RetryPolicy,
    RunFacts,
    Superseded,
    TryAgain,
    decide_cancel,
    decide_end,
    may_follow,
)
from backend.runs.retry_delay import FIXED_SPREAD, retry_delay
from shared.enums import OnWorkerLost, RetryBackoff, RunStatus

S = timedelta(seconds=1)

POLICIES = st.builds(
    RetryPolicy,
    count=st.integers(0, 5),
    delay=st.integers(0, 100).map(lambda seconds: seconds * S),
    most=st.integers(0, 1000).map(lambda seconds: seconds * S),
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
    return RetryPolicy(count=count, delay=10 * S, most=3600 * S, backoff=RetryBackoff.EXPONENTIAL, on_worker_lost=lost)


def facts(status: RunStatus = RunStatus.RUNNING, *, failures: int = 0, cancel: bool = False) -> RunFacts:
    return RunFacts(status=status, attempt=1, failures=failures, cancel_requested=cancel)


@given(FACTS, st.integers(1, 6), st.sampled_from(Ending), POLICIES, CHANCES)
def test_an_end_never_leaves_a_final_state_nor_takes_an_illegal_way(
    run: RunFacts, attempt: int, ending: Ending, how: RetryPolicy, chance: float
) -> None:
    decision = decide_end(run, attempt=attempt, ending=ending, policy=how, chance=chance)
    if run.status.is_final or attempt != run.attempt:
        assert decision == Superseded()
    match decision:
        case Finish(status):
            assert status.is_final
            assert may_follow(run.status, status)
        case TryAgain(delay, failures):
            assert may_follow(run.status, RunStatus.PENDING)
            assert not run.cancel_requested
            assert timedelta() <= delay <= how.most
            assert failures <= max(how.count, run.failures)
        case Superseded():
            pass


@given(POLICIES, CHANCES)
def test_a_run_that_always_fails_is_tried_as_often_as_asked_and_no_more(how: RetryPolicy, chance: float) -> None:
    failures, attempt = 0, 1
    while True:
        run = RunFacts(status=RunStatus.RUNNING, attempt=attempt, failures=failures, cancel_requested=False)
        decision = decide_end(run, attempt=attempt, ending=Ending.FAILED, policy=how, chance=chance)
        if isinstance(decision, Finish):
            break
        assert isinstance(decision, TryAgain)
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
        (facts(), Ending.LOST, policy(0, OnWorkerLost.FAIL), Finish(RunStatus.FAILED)),
        (facts(), Ending.LOST, policy(), TryAgain(timedelta(), 0)),
        (facts(RunStatus.DISPATCHED), Ending.REJECTED, policy(), TryAgain(timedelta(), 0)),
        (facts(failures=2), Ending.FAILED, policy(2), Finish(RunStatus.FAILED)),
        (facts(RunStatus.PENDING), Ending.SUCCEEDED, policy(), Superseded()),
    ],
)
def test_what_an_end_means(run: RunFacts, ending: Ending, how: RetryPolicy, expected: object) -> None:
    assert decide_end(run, attempt=1, ending=ending, policy=how, chance=0.5) == expected


@pytest.mark.parametrize(
    ("exit_codes", "statuses", "exit_code", "status", "covers"),
    [
        (None, None, 1, 404, True),
        ({3}, None, 3, None, True),
        ({3}, None, 1, None, False),
        (None, {503}, 1, 503, True),
        (None, {503}, 1, 404, False),
        (None, {503}, 1, None, True),  # no answer came
        ({3}, {503}, 1, None, False),
        ({3}, {503}, 3, 404, True),
    ],
)
def test_which_failures_are_tried_again(
    exit_codes: set[int] | None, statuses: set[int] | None, exit_code: int, status: int | None, covers: bool
) -> None:
    how = replace(
        policy(1),
        exit_codes=frozenset(exit_codes) if exit_codes else None,
        http_statuses=frozenset(statuses) if statuses else None,
    )
    assert how.covers(is_timeout=False, exit_code=exit_code, http_status=status) is covers


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


@given(st.integers(1, 200), st.integers(0, 10_000), st.integers(0, 10_000), CHANCES)
def test_exponential_delays_stay_between_nothing_and_the_cap(
    failures: int, base: int, most: int, chance: float
) -> None:
    delay = retry_delay(failures, base=base * S, most=most * S, backoff=RetryBackoff.EXPONENTIAL, chance=chance)
    assert timedelta() <= delay <= min(most, base * 2 ** min(failures - 1, 40)) * S


def test_delays_double_and_fixed_ones_do_not() -> None:
    def delay(failures: int, backoff: RetryBackoff) -> timedelta:
        return retry_delay(failures, base=10 * S, most=60 * S, backoff=backoff, chance=0.999999)

    assert [round(delay(n, RetryBackoff.EXPONENTIAL).total_seconds()) for n in (1, 2, 3, 4)] == [10, 20, 40, 60]
    for failures in (1, 2, 9):
        assert 10 * S <= delay(failures, RetryBackoff.FIXED) <= 10 * S * (1 + FIXED_SPREAD)


@pytest.mark.parametrize(
    ("began", "lost", "expected"),
    [
        (False, OnWorkerLost.RETRY, TryAgain(timedelta(), 0)),
        (True, OnWorkerLost.RETRY, TryAgain(timedelta(), 0)),
        (False, OnWorkerLost.FAIL, TryAgain(timedelta(), 0)),
        (True, OnWorkerLost.FAIL, Finish(RunStatus.FAILED)),
    ],
)
def test_a_run_handed_back_after_it_began_does_not_begin_twice_where_its_task_forbids_it(
    began: bool, lost: OnWorkerLost, expected: Finish | TryAgain
) -> None:
    decision = decide_end(facts(), attempt=1, ending=Ending.REJECTED, policy=policy(3, lost), chance=0.5, began=began)
    assert decision == expected
