"""The file of `taskdeck apply`: any text is a list of tasks or is refused with words."""

import contextlib

from hypothesis import given

from shared.errors import ValidationFailedError
from shared.task_files import check_tasks, in_order_of_dependencies, parse_tasks, with_upstream_ids
from tests.fuzzing import fuzzed
from tests.strategies.yaml_files import YAML_FILES


@fuzzed(150)
@given(YAML_FILES)
def test_any_text_is_a_list_of_tasks_or_is_refused(text: str) -> None:
    try:
        tasks = parse_tasks(text, source="tasks.yaml")
        check_tasks(tasks, {}, text=text, source="tasks.yaml")
    except ValidationFailedError:
        return
    with contextlib.suppress(ValidationFailedError):
        ids = {task["name"]: number for number, task in enumerate(tasks, 1)}
        for task in in_order_of_dependencies(tasks):
            assert with_upstream_ids(task, ids)["name"] == task["name"]
