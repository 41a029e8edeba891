from datetime import UTC, datetime

from console.views.runs.inputs_panel import HIDDEN, environment_lines, output_text
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


def test_values_of_the_environment_are_hidden_until_asked_for() -> None:
    inputs = RunInputs(task_version=1, executor="shell", environment={"B": "2", "A": "1"})
    assert environment_lines(inputs, shows_values=False) == f"A={HIDDEN}\nB={HIDDEN}"
    assert environment_lines(inputs, shows_values=True) == "A=1\nB=2"


def test_a_result_is_readable() -> None:
    assert output_text(a_run(RunStatus.SUCCEEDED, output={"汉": 1})) == '{\n  "汉": 1\n}'
    assert output_text(a_run(RunStatus.SUCCEEDED)) == ""
