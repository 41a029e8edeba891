"""The form of a task and its text are the same task."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from console.views.tasks.form import read_texts, texts_of
from console.views.tasks.http_request import EMPTY
from console.views.tasks.task_kinds import missing_fields
from console.views.tasks.task_yaml import YamlError, parse_yaml, texts_from, yaml_of
from shared.models.schedule import BlackoutWindow
from shared.models.system import ExecutorInfo
from shared.models.task import Dependency, Task, TaskFields
from shared.task_files import parse_tasks, with_upstream_ids
from tests.fuzzing import fuzzed
from tests.strategies.tasks import tasks
from tests.strategies.texts import TEXTS

NAMES = {"upstream": 5, "a: failure": 6, "a": 7, "#12": 8, "no": 9}
AT = "2026-03-01T12:00:00Z"


def _executor(name: str, *, runs_processes: bool = False, requires_command: bool = True) -> ExecutorInfo:
    return ExecutorInfo(
        name=name,
        description="",
        requires_command=requires_command,
        supports_arguments=runs_processes,
        supports_environment=runs_processes,
        supports_working_directory=runs_processes,
        supports_run_as=runs_processes,
    )


EXECUTORS = {
    "shell": _executor("shell", runs_processes=True),
    "http": _executor("http"),
    "noop": _executor("noop", requires_command=False),
}
_EDGES = st.lists(
    st.builds(
        Dependency,
        task_id=st.sampled_from((5, 6, 7, 8, 9, 99)),
        condition=st.sampled_from(("success", "failure", "completion")),
        window=st.sampled_from(("latest", "period")),
    ),
    max_size=4,
    unique_by=lambda edge: edge.task_id,
)


def shown(fields: TaskFields) -> dict[str, str]:
    task = Task.model_validate(fields.model_dump() | {"id": 1, "created_at": AT, "updated_at": AT})
    return texts_of(task, {task_id: name for name, task_id in NAMES.items()})


def read(text: str, now: dict[str, str]) -> dict[str, str]:
    values, lines = parse_yaml(text)
    return texts_from(values, lines, now, NAMES, EXECUTORS)


def through_yaml(texts: dict[str, str], now: dict[str, str]) -> dict[str, str]:
    return read(yaml_of(texts, NAMES, EXECUTORS), now)


def valid(body: dict[str, Any]) -> TaskFields | None:
    try:
        return TaskFields.model_validate(body)
    except ValidationError:
        return None


@fuzzed(150)
@given(tasks(), _EDGES)
def test_a_task_is_the_same_after_form_and_text(body: dict[str, Any], edges: list[Dependency]) -> None:
    fields = valid(body | {"depends_on": edges, "schedule": body.get("schedule") or "0 3 * * *"})
    if fields is None:
        return
    texts = shown(fields)
    empty = shown(TaskFields(name="other"))
    found = through_yaml(texts, empty)
    missing = missing_fields(texts, EXECUTORS.get(texts["executor"]))
    assert {name: text for name, text in found.items() if name not in missing} == {
        name: text for name, text in texts.items() if name not in missing
    }
    assert through_yaml(texts, texts) == texts


_ODD = ("soon", "1e3", "no", "0755", " x", "A=1\nB", "upstream: sometimes", "{a", "#1")
_WRONG = {
    name: TEXTS | st.sampled_from(_ODD)
    for name in shown(TaskFields(name="x"))
    if name not in ("executor", "http_method", "http_body_kind")
}


@fuzzed(150)
@given(st.sampled_from(("shell", "http", "noop", "nonsense")), st.fixed_dictionaries({}, optional=_WRONG))
def test_no_text_of_the_form_is_lost_however_wrong_it_is(executor: str, wrong: dict[str, str]) -> None:
    texts = shown(TaskFields(name="x")) | wrong | {"executor": executor, "http_body_kind": "json"}
    assert through_yaml(texts, texts) == texts


@fuzzed(100)
@given(tasks())
def test_apply_reads_the_text_as_the_form_is_saved(body: dict[str, Any]) -> None:
    fields = valid(body | {"depends_on": [{"task_id": 5, "condition": "failure"}, {"task_id": 99}]})
    if fields is None or body["executor"] not in EXECUTORS:
        return
    texts = shown(fields)
    [applied] = parse_tasks(yaml_of(texts, NAMES, EXECUTORS), source="task.yaml")
    saved, _errors = read_texts(texts, NAMES, EXECUTORS[texts["executor"]])
    assert valid(with_upstream_ids(applied, NAMES)) == valid(saved)


def test_the_text_has_what_is_not_usual_and_what_was_not() -> None:
    texts = shown(TaskFields(name="nightly", command="set -e\ntar c /srv", timeout_seconds=90, depends_on=[]))
    texts |= {"depends_on": "upstream: failure, period\n#99", "labels": "team=ops"}
    assert yaml_of(texts, NAMES, EXECUTORS, before=texts | {"retry_count": "3"}) == (
        "tasks:\n"
        "  - name: nightly\n"
        "    command: |-\n"
        "      set -e\n"
        "      tar c /srv\n"
        "    retry_count: 0\n"
        "    timeout_seconds: 90\n"
        "    depends_on:\n"
        "      - task: upstream\n"
        "        condition: failure\n"
        "        window: period\n"
        "      - task_id: 99\n"
        "    labels:\n"
        "      team: ops\n"
    )


def test_a_change_of_the_text_is_a_change_of_the_form() -> None:
    now = shown(TaskFields(name="nightly", command="true", retry_count=3)) | {"timeout_seconds": "60m"}
    text = (
        "tasks:\n  - name: nightly\n    executor: http\n    timeout_seconds: 3600\n    jitter_seconds: 90\n"
        '    command: \'{"url": "https://example.org/", "method": "PUT", "body": "x"}\'\n'
        "    depends_on:\n      - task: upstream\n        window: period\n    schedule: 61 * * * *\n"
    )
    found = read(text, now)
    assert found["timeout_seconds"] == "60m", "it means the same"
    assert (found["jitter_seconds"], found["retry_count"]) == ("1m 30s", "0")
    assert (found["http_method"], found["http_url"], found["http_body"]) == ("PUT", "https://example.org/", "x")
    assert (found["depends_on"], found["schedule"]) == ("upstream: period", "61 * * * *")
    _fields, errors = read_texts(found, NAMES, EXECUTORS["http"])
    assert list(errors) == ["schedule"]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("tasks:\n  - name: [a\n", 3, "not valid YAML"),
        ("tasks:\n  - name: a\n    name: b\n", 3, "given twice"),
        ("name: a\n", 1, "below “tasks:”"),
        ("", 1, "below “tasks:”"),
        ("tasks:\n  - name: a\n  - name: b\n", 3, "one task"),
        ("tasks: []\n", 1, "one task"),
        ("tasks:\n  - name: a\n    colour: red\n", 3, "no field colour"),
        ("tasks:\n  - name: a\n    retry_count: many\n", 3, "retry_count: "),
        ("tasks:\n  - name: 5\n", 2, "name: "),
        ("tasks:\n  - name: a\n    labels:\n      team: 5\n", 4, "labels: "),
        ("tasks:\n  - name: a\n    overlap_policy: never\n", 3, "overlap_policy: "),
        ("tasks:\n  - name: a\n    depends_on: upstream\n", 3, "depends_on: "),
        ("tasks:\n  - name: a\n    executor: http\n    command: hello\n", 4, "not valid JSON"),
        ("tasks:\n  - name: a\n    executor: http\n    arguments: [x]\n", 4, "no effect"),
        ("tasks:\n  - name: a\n    starts_at: 5\n", 3, "starts_at: "),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(YamlError) as refused:
        read(text, shown(TaskFields(name="a")))
    [problem] = refused.value.problems
    assert problem.line == line
    assert says in problem.text
    assert f"Line {line}: " in problem.text


def test_every_kind_of_field_is_there_again() -> None:
    fields = TaskFields(
        name="whole",
        folder="a/b",
        schedule="0 3 * * *",
        timezone="Europe/Berlin",
        environment={"A": "x=y", "B": "one\ntwo"},
        starts_at="2026-12-24T18:00:30Z",
        blackouts=[BlackoutWindow(schedule="0 22 * * 5", duration_seconds=7200)],
        retry_exit_codes=[1, 75],
        retry_on_timeout=False,
        max_cpu_seconds=90,
        status="paused",
        run_as="nobody",
    )
    texts = shown(fields)
    assert texts["environment"] == "A=x=y\nB=one⏎two"
    assert {name: texts[name] for name in EMPTY} == EMPTY
    assert through_yaml(texts, shown(TaskFields(name="other"))) == texts
    saved, errors = read_texts(texts, NAMES, EXECUTORS["shell"])
    assert errors == {}
    assert TaskFields.model_validate(saved) == fields
