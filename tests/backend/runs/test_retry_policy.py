from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.runs.retry_policy import FIXED_SPREAD, NO_RETRIES, RetryPolicy
from shared.enums import RetryBackoff

S = timedelta(seconds=1)


def policy(base: int, most: int, backoff: RetryBackoff = RetryBackoff.EXPONENTIAL) -> RetryPolicy:
    return replace(NO_RETRIES, count=5, delay=base * S, max_delay=most * S, backoff=backoff)


@pytest.mark.parametrize(
    ("exit_codes", "statuses", "exit_code", "status", "covers"),
    [
        (None, None, 1, 404, True),
        ({3}, None, 3, None, True),
        ({3}, None, 1, None, False),
        (None, {503}, 1, 503, True),
        (None, {503}, 1, 404, False),
        (None, {503}, 1, None, True),  # the request got no answer
        ({3}, {503}, 1, None, False),
        ({3}, {503}, 3, 404, True),
    ],
)
def test_conditions_decide_which_failures_are_retried(
    exit_codes: set[int] | None, statuses: set[int] | None, exit_code: int, status: int | None, covers: bool
) -> None:
    how = replace(
        NO_RETRIES,
        exit_codes=frozenset(exit_codes) if exit_codes else None,
        http_statuses=frozenset(statuses) if statuses else None,
    )
    assert how.covers(is_timeout=False, exit_code=exit_code, http_status=status) is covers


@given(st.integers(1, 200), st.integers(0, 10_000), st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_exponential_delays_stay_between_nothing_and_the_cap(
    failures: int, base: int, most: int, chance: float
) -> None:
    delay = policy(base, most).delay_after(failures, chance=chance)
    assert timedelta() <= delay <= min(most, base * 2 ** min(failures - 1, 40)) * S


def test_exponential_delays_double_and_fixed_ones_do_not() -> None:
    doubled = [policy(10, 60).delay_after(n, chance=0.999999) for n in (1, 2, 3, 4)]
    assert [round(delay.total_seconds()) for delay in doubled] == [10, 20, 40, 60]
    for failures in (1, 2, 9):
        fixed = policy(10, 60, RetryBackoff.FIXED).delay_after(failures, chance=0.999999)
        assert 10 * S <= fixed <= 10 * S * (1 + FIXED_SPREAD)


@pytest.mark.parametrize(
    ("queue_timeout", "total_time", "expires_in"),
    [(None, None, None), (30, None, 40), (None, 100, 95), (30, 100, 40), (30, 15, 10)],
)
def test_a_retry_expires_after_its_queue_timeout_and_within_the_total_time(
    queue_timeout: int | None, total_time: int | None, expires_in: int | None
) -> None:
    how = replace(
        NO_RETRIES,
        queue_timeout=queue_timeout * S if queue_timeout else None,
        total_time=total_time * S if total_time else None,
    )
    assert how.expires_in(10 * S, tried_for=5 * S) == (expires_in * S if expires_in else None)
