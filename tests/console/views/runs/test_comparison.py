from datetime import UTC, datetime

from console.views.runs.comparison import Compared, compare, log_difference, telling, times_as_long
from shared.enums import RunStatus, RunTrigger
from shared.models.run import Run, RunInputs

NOW = datetime(2026, 1, 1, tzinfo=UTC)


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


def test_only_what_may_be_a_cause_tells_something() -> None:
    facts = [
        Compared("Worker", "a", "b"),
        Compared("Version", "1", "1"),
        Compared("Started", "now", "before", is_cause=False),
    ]
    assert telling(facts) == facts[:1]


def test_times_as_long_is_silent_where_it_says_nothing() -> None:
    assert [times_as_long(this, 100) for this in (100, 110, None, 0)] == ["", "", "", ""]
    assert times_as_long(50, 100) == "50% of the duration"


def test_logs_differ_line_by_line() -> None:
    assert log_difference(["a", "b"], ["a", "b"]) == []
    assert [line for line in log_difference(["a", "b"], ["a", "c"]) if line[0] in "+-"] == ["-b", "+c"]


def test_reasons_are_in_the_language_of_the_console_and_a_trigger_is_no_cause(in_chinese: None) -> None:
    this = a_run(RunStatus.FAILED, exit_code=3, error="exit code 3", trigger=RunTrigger.MANUAL)
    inputs = RunInputs(task_version=1, executor="shell")
    facts = {fact.name: fact for fact in compare(this, a_run(RunStatus.SUCCEEDED), inputs, inputs)}
    assert (facts["原因"].this, facts["原因"].other) == ("退出码 3", "")
    trigger = facts["触发方式"]
    assert trigger.differs
    assert not trigger.is_cause
