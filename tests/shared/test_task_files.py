"""The file of `taskdeck apply`: any text is a list of tasks that can be sent, or is refused with words."""

import contextlib
import json
import re

import pytest
from hypothesis import given

from shared.definitions.reading import read_definitions, with_places
from shared.errors import FieldError, ValidationFailedError
from shared.models.definitions import Section
from shared.task_files import in_order_of_dependencies, parse_tasks, with_upstream_ids
from tests.fuzzing import fuzzed
from tests.strategies.yaml_files import YAML_FILES

PLACE = re.compile(r"tasks\.yaml:\d+:\d+: ")


@fuzzed(150)
@given(YAML_FILES)
def test_any_text_is_a_list_of_tasks_or_is_refused(text: str) -> None:
    try:
        file = read_definitions(text, source="tasks.yaml")
    except ValidationFailedError:
        return
    tasks = file.sections[Section.TASKS]
    assert json.dumps(tasks, allow_nan=False, ensure_ascii=False).encode()
    wrong = [FieldError(f"tasks.{place}.command", "is wrong") for place in range(len(tasks))]
    assert all(PLACE.match(one.field) for one in with_places(wrong, [file]))
    with contextlib.suppress(ValidationFailedError):
        ids = {task["name"]: number for number, task in enumerate(tasks, 1)}
        for task in in_order_of_dependencies(tasks):
            assert with_upstream_ids(task, ids)["name"] == task["name"]


@pytest.mark.parametrize("edges", [3, True, "all", {"task": "a"}, [{"task": ["a"]}], [[]], [None]])
def test_dependencies_of_another_shape_are_left_to_the_backend_or_refused(edges: object) -> None:
    task = {"name": "b", "depends_on": edges}
    assert in_order_of_dependencies([task]) == [task]
    with contextlib.suppress(ValidationFailedError):
        assert with_upstream_ids(task, {"a": 1}) == task


@pytest.mark.parametrize(
    "line",
    ["timeout_seconds: .inf", "command: !!binary aGk=", "labels: &a {b: *a}", 'command: "\\ud800"', "? [a]\n    : b"],
)
def test_a_value_that_json_has_not_is_refused(line: str) -> None:
    with pytest.raises(ValidationFailedError):
        parse_tasks(f"tasks:\n  - name: a\n    {line}\n", source="tasks.yaml")


def test_every_bad_task_of_a_file_is_named() -> None:
    text = (
        "tasks:\n- executor: shell\n- name: a\n  timeout_seconds: .inf\n"
        "- name: a\n- name: b\n  command: !!binary aGk=\n"
    )
    with pytest.raises(ValidationFailedError) as found:
        parse_tasks(text, source="t.yaml")
    messages = [error.message for error in found.value.errors]
    assert [message.partition(":")[0] for message in messages] == [
        "task 1 has no name",
        "a",
        "two tasks are named 'a'",
        "b",
    ]
    assert [error.field for error in found.value.errors] == ["t.yaml:2:3", "t.yaml:4:3", "t.yaml:5:3", "t.yaml:7:3"]
