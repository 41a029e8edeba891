"""Attempts on one axis, and the comparison of two runs, without a window."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.views.runs.attempt_spans import attempt_spans, extent
from console.views.runs.comparison import compare, log_difference, times_as_long
from console.views.runs.inputs_panel import HIDDEN, environment_lines, output_text
from shared.enums import RunStatus, RunTrigger
from shared.models.run import Attempt, Run, RunInputs

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


def a_run(status: RunStatus, **fields: object) -> Run:
    facts: dict[str, object] = {
        "id": 1,
        "task_id": 1,
        "task_name": "t",
        "status": status,
        "trigger": RunTrigger.API,
        "queued_at": NOW,
    }
    return Run.model_validate(facts | fields)


def test_each_attempt_waits_since_the_one_before_ended() -> None:
    run = a_run(RunStatus.SUCCEEDED, attempt=2, completed_at=at(9))
    attempts = [
        Attempt(attempt=1, outcome="failed", dispatched_at=at(1), started_at=at(2), completed_at=at(3)),
        Attempt(attempt=2, outcome="succeeded", dispatched_at=at(6), started_at=at(7), completed_at=at(9)),
    ]
    first, second = attempt_spans(run, attempts)
    assert (first.queued, second.queued) == (at(0), at(3))
    assert extent([first, second], at(100)) == (at(0), at(9))


def test_a_run_that_waits_for_its_next_try_says_so() -> None:
    run = a_run(RunStatus.PENDING, attempt=1)
    attempts = [Attempt(attempt=1, outcome="failed", dispatched_at=at(1), started_at=at(2), completed_at=at(3))]
    spans = attempt_spans(run, attempts)
    assert [(span.number, span.outcome) for span in spans] == [(1, "failed"), (2, "pending")]
    assert extent(spans, at(10)) == (at(0), at(10))


def test_a_run_that_was_never_tried_has_one_span() -> None:
    [span] = attempt_spans(a_run(RunStatus.CANCELLED, completed_at=at(4)), [])
    assert (span.number, span.queued, span.ended, span.outcome) == (0, at(0), at(4), "cancelled")


@given(st.lists(st.tuples(*[st.none() | st.floats(0, 1000)] * 3), max_size=5))
def test_every_time_lies_on_the_axis(times: list[tuple[float | None, float | None, float | None]]) -> None:
    attempts = [
        Attempt(
            attempt=number + 1,
            outcome="lost",
            **{
                name: None if second is None else at(second)
                for name, second in zip(("dispatched_at", "started_at", "completed_at"), one, strict=True)
            },
        )
        for number, one in enumerate(times)
    ]
    spans = attempt_spans(a_run(RunStatus.RUNNING, attempt=len(attempts)), attempts)
    begin, end = extent(spans, at(2000))
    for span in spans:
        for moment in (span.queued, span.dispatched, span.started, span.ended):
            assert moment is None or begin <= moment <= end


def test_a_comparison_tells_what_differs_and_no_secret() -> None:
    this = a_run(RunStatus.FAILED, execution_time_ms=6000, exit_code=1, task_version=3, worker_id="w1")
    other = a_run(RunStatus.SUCCEEDED, execution_time_ms=2000, exit_code=0, task_version=3, worker_id="w1")
    facts = compare(
        this,
        other,
        RunInputs(task_version=3, executor="shell", command="a", arguments=["x y"], environment={"K": "secret"}),
        RunInputs(task_version=3, executor="shell", command="a", arguments=["z"], environment={"K": "old", "L": "1"}),
    )
    by_name = {fact.name: fact for fact in facts}
    assert by_name["Duration"].note == "3.0 times as long"
    assert not by_name["Worker"].differs
    assert (by_name["Arguments"].this, by_name["Arguments"].other) == ('"x y"', '"z"')
    assert by_name["Environment"].this == "K, L (not set) (changed)"
    assert "secret" not in str(facts)


def test_times_as_long_is_silent_where_it_says_nothing() -> None:
    assert [times_as_long(this, 100) for this in (100, 110, None, 0)] == ["", "", "", ""]
    assert times_as_long(50, 100) == "50 % of the duration"


def test_logs_differ_line_by_line() -> None:
    assert log_difference(["a", "b"], ["a", "b"]) == []
    assert [line for line in log_difference(["a", "b"], ["a", "c"]) if line[0] in "+-"] == ["-b", "+c"]


def test_values_of_the_environment_are_hidden_until_asked_for() -> None:
    inputs = RunInputs(task_version=1, executor="shell", environment={"B": "2", "A": "1"})
    assert environment_lines(inputs, shows_values=False) == f"A={HIDDEN}\nB={HIDDEN}"
    assert environment_lines(inputs, shows_values=True) == "A=1\nB=2"


def test_a_result_is_readable() -> None:
    assert output_text(a_run(RunStatus.SUCCEEDED, output={"汉": 1})) == '{\n  "汉": 1\n}'
    assert output_text(a_run(RunStatus.SUCCEEDED)) == ""
