"""How a run is, in a few sentences."""

from datetime import timedelta

import pytest

from console.charts.usual_band import UsualBand
from console.views.run.state_words import last_error_line, state_words
from console.words import Times
from shared.enums import RunStatus, WaitingCode
from shared.models.run import Run
from shared.models.waiting import WaitingReason
from tests.console.factories import NOW, a_run

BAND = UsualBand(1000, 1500, 2000, 9)
AGO = NOW - timedelta(minutes=2)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (a_run(1, RunStatus.SUCCEEDED, completed_at=AGO, execution_time_ms=1200), "Succeeded 2 min ago, after 1.2 s."),
        (
            a_run(1, RunStatus.SUCCEEDED, completed_at=AGO, execution_time_ms=9000),
            "Succeeded 2 min ago, after 9.0 s. This was slower than usual.",
        ),
        (
            a_run(1, RunStatus.FAILED, completed_at=AGO, execution_time_ms=9000, error="exit code 3", exit_code=3),
            "Failed 2 min ago, after 9.0 s. Exit code 3.",
        ),
        (a_run(1, RunStatus.RUNNING, started_at=AGO), "Running for 2 min."),
        (
            a_run(1, RunStatus.RUNNING, started_at=AGO, progress_percent=40.0, cancel_requested_at=NOW),
            "Running for 2 min. 40%. Its cancellation was requested.",
        ),
        (a_run(1, RunStatus.PENDING, queued_at=AGO), "Waiting for 2 min."),
        (
            a_run(1, RunStatus.PENDING, queued_at=AGO, waiting=WaitingReason(code=WaitingCode.SLOT, text="")),
            "Queued 2 min ago. Waiting for a free slot.",
        ),
        (a_run(1, RunStatus.CANCELLED, completed_at=AGO), "Cancelled 2 min ago."),
        (a_run(1, RunStatus.SKIPPED), "Skipped."),
    ],
)
def test_the_state_says_how_and_why(in_english: None, run: Run, words: str) -> None:
    assert state_words(run, BAND, Times(), NOW) == words


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (None, ""),
        ("", ""),
        ("one\ntwo\n", "two"),
        ("why\n\n   \n", "why"),
        ("\x1b[31mdisk full\x1b[0m\n", "disk full"),
    ],
)
def test_the_last_error_line_is_plain(written: str | None, line: str) -> None:
    assert last_error_line(a_run(1, RunStatus.FAILED, stderr_tail=written)) == line
