"""How failures are folded, and which line says why."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from console.views.overview.failures import failure_name, fold, key_of, why_words
from shared.enums import RunStatus
from tests.console.factories import a_run


def test_equal_failures_are_one_row_in_the_order_of_the_newest() -> None:
    runs = [
        a_run(9, RunStatus.FAILED, task_name="disk-report", error="exit code 1"),
        a_run(8, RunStatus.FAILED, task_id=2, task_name="import", error="exit code 1"),
        a_run(7, RunStatus.FAILED, task_name="disk-report", error="exit code 1"),
        a_run(6, RunStatus.TIMED_OUT, task_name="disk-report", error="timed out after 5 s"),
        a_run(5, RunStatus.FAILED, task_name="disk-report", error="exit code 1"),
    ]
    found = fold(runs)
    assert [(one.newest.id, failure_name(one)) for one in found] == [
        (9, "disk-report ×3"),
        (8, "import"),
        (6, "disk-report"),
    ]


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["exit code 1", "exit code 2", None]))))
def test_folding_loses_no_run(failures: list[tuple[int, str | None]]) -> None:
    runs = [
        a_run(run_id, RunStatus.FAILED, task_id=task_id, error=error)
        for run_id, (task_id, error) in enumerate(failures)
    ]
    found = fold(runs)
    assert sum(one.count for one in found) == len(runs)
    assert len({one.key for one in found}) == len(found) == len({key_of(run) for run in runs})


def test_a_run_without_output_says_how_it_ended() -> None:
    [failure] = fold([a_run(1, RunStatus.FAILED, error="exit code 3", exit_code=3)])
    assert why_words(failure) == "exit code 3"
    assert why_words(replace(failure, line="no space left")) == "no space left"
