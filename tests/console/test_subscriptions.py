"""Which failures a person is notified of."""

import pytest

from console.subscriptions import is_worth_telling
from shared.enums import RunStatus
from tests.console.factories import a_run


@pytest.mark.parametrize(
    ("status", "choice", "subscribed", "told"),
    [
        ("failed", "subscribed", {7}, True),
        ("timed_out", "subscribed", {7}, True),
        ("failed", "subscribed", {8}, False),
        ("failed", "all", set(), True),
        ("failed", "none", {7}, False),
        ("succeeded", "all", {7}, False),
        ("cancelled", "all", {7}, False),
    ],
)
def test_only_wanted_failures_are_told(status: str, choice: str, subscribed: set[int], told: bool) -> None:
    run = a_run(1, RunStatus(status), task_id=7)
    assert is_worth_telling(run, choice=choice, subscribed=frozenset(subscribed)) is told
