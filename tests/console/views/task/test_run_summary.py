"""What the last runs of a task say together."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.charts.usual_band import UsualBand
from console.views.task.run_summary import (
    band_words,
    marks_of,
    pace_words,
    run_milliseconds,
    summarise,
    with_run,
)
from console.words import Times
from shared.enums import RunStatus
from shared.models.run import Run
from tests.console.factories import NOW, a_run

RUNS = st.lists(
    st.builds(
        lambda number, status, took: a_run(number, status, execution_time_ms=took),
        st.integers(1, 99),
        st.sampled_from(RunStatus),
        st.none() | st.integers(0, 10_000),
    ),
    max_size=40,
    unique_by=lambda run: run.id,
)


def test_only_runs_that_ended_by_themselves_are_judged() -> None:
    runs = [
        a_run(number, status, execution_time_ms=100 * number)
        for number, status in enumerate(
            [
                *[RunStatus.SUCCEEDED] * 6,
                RunStatus.FAILED,
                RunStatus.TIMED_OUT,
                RunStatus.CANCELLED,
                RunStatus.SKIPPED,
                RunStatus.RUNNING,
            ],
            start=1,
        )
    ]
    summary = summarise(runs)
    assert (summary.judged, summary.succeeded, summary.share) == (8, 6, 0.75)
    assert summary.band == UsualBand(150, 350, 550, 6)
    assert summarise([]).share is None


@given(RUNS)
def test_the_share_is_of_the_judged_runs(runs: list[Run]) -> None:
    summary = summarise(runs)
    assert 0 <= summary.succeeded <= summary.judged <= len(runs)
    assert (summary.share is None) == (summary.judged == 0)


@pytest.mark.parametrize(
    ("fields", "milliseconds"),
    [
        ({"execution_time_ms": 7}, 7),
        ({}, None),
        ({"started_at": NOW - timedelta(seconds=3)}, 3000),
        ({"started_at": NOW - timedelta(seconds=3), "completed_at": NOW - timedelta(seconds=1)}, 2000),
        ({"started_at": NOW + timedelta(seconds=3)}, 0),
    ],
)
def test_a_run_that_goes_on_has_run_until_now(fields: dict[str, object], milliseconds: float | None) -> None:
    assert run_milliseconds(a_run(1, RunStatus.RUNNING).model_copy(update=fields), NOW) == milliseconds


def test_durations_are_compared_in_words(in_english: None) -> None:
    band = UsualBand(1000, 1500, 2000, 9)
    assert [pace_words(one, band) for one in (900, 1500, 2100, None)] == [
        "faster than usual",
        "",
        "slower than usual",
        "",
    ]
    assert pace_words(9, None) == ""
    assert band_words(band) == "1.0 s to 2.0 s"
    assert band_words(UsualBand(1000, 1000, 1000, 9)) == "1.0 s"
    assert band_words(None) == ""


def test_a_mark_says_all_that_is_known_of_a_run(in_english: None) -> None:
    ended = NOW - timedelta(minutes=2)
    failed = a_run(2, RunStatus.FAILED, execution_time_ms=5, error="exit code 1", exit_code=1, completed_at=ended)
    slow = a_run(1, RunStatus.SUCCEEDED, execution_time_ms=90, completed_at=ended)
    marks = marks_of([failed, slow], UsualBand(1, 2, 3, 9), Times(), NOW)
    assert [mark.words for mark in marks] == [
        "Run 1 · Succeeded · 90 ms · slower than usual · 2 min ago",
        "Run 2 · Failed · 5 ms · exit code 1 · 2 min ago",
    ]


@given(RUNS, st.integers(1, 120), st.integers(1, 50))
def test_a_run_is_shown_once_the_newest_first(runs: list[Run], number: int, most: int) -> None:
    shown = with_run(runs, a_run(number, RunStatus.RUNNING), most=most)
    ids = [run.id for run in shown]
    assert ids == sorted({run.id for run in runs} | {number}, reverse=True)[:most]
    assert all(run.status is RunStatus.RUNNING for run in shown if run.id == number)
