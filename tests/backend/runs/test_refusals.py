"""Why a run cannot be changed as a person asks."""

import pytest

from backend.runs.refusals import why_not_cancelled, why_not_moved, why_not_retried
from shared.enums import RunStatus

MISSING = "Run 7 does not exist."
ENDED = "Run 7 has already ended: it is timed out."


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (None, MISSING),
        (RunStatus.RUNNING, "Run 7 has already started: it is running."),
        (RunStatus.DISPATCHED, "Run 7 has already started: it is dispatched."),
        (RunStatus.TIMED_OUT, ENDED),
        (RunStatus.PENDING, None),
        (RunStatus.BLOCKED, None),
    ],
)
def test_only_a_run_that_waits_has_a_place_to_change(status: RunStatus | None, refusal: str | None) -> None:
    assert why_not_moved(7, status) == refusal


@pytest.mark.parametrize(
    ("status", "refusal"), [(None, MISSING), (RunStatus.TIMED_OUT, ENDED), (RunStatus.RUNNING, None)]
)
def test_only_a_run_that_has_not_ended_is_cancelled(status: RunStatus | None, refusal: str | None) -> None:
    assert why_not_cancelled(7, status) == refusal


def test_only_a_run_that_has_ended_is_retried() -> None:
    assert why_not_retried(7, RunStatus.FAILED) is None
    assert why_not_retried(7, RunStatus.PENDING) == "Run 7 has not ended: it is pending. Cancel it first."
