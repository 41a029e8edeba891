"""Files of tasks in YAML, for `taskdeck apply` and for the examples."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from shared.errors import FieldError, ValidationFailedError
from shared.folders import normal_folder
from shared.plain_yaml import lines_of_list, load_yaml

_ITEM = re.compile(r"tasks\.(?P<position>\d+)\.(?P<field>.+)", re.DOTALL)


def parse_tasks(text: str, *, source: str) -> list[dict[str, Any]]:
    """Return the fields of each task of a file, in its order.

    A file contains a list under `tasks:`; `depends_on` may refer to a task by `task: NAME`. Raises
    `ValidationFailedError`, which names the place.
    """
    try:
        content = load_yaml(text)
    except yaml.YAMLError as error:
        raise ValidationFailedError(f"{source} is not YAML: {error}") from error
    tasks = content.get("tasks") if isinstance(content, dict) else None
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise ValidationFailedError(f"{source} must contain a list under tasks:, each with at least name and executor")
    problems = list(_problems(tasks))
    if problems:
        raise ValidationFailedError.of_fields([FieldError(source, problem) for problem in problems])
    for task in tasks:
        for field, normal in (("name", str.strip), ("folder", normal_folder), ("schedule", str.strip)):
            if isinstance(task.get(field), str):
                # As they are saved: otherwise each further application would find a difference.
                task[field] = normal(task[field])
    return tasks


def _problems(tasks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with tasks before their fields are checked."""
    names: set[str] = set()
    for position, task in enumerate(tasks, 1):
        name = task.get("name")
        if not isinstance(name, str) or not name.strip():
            yield f"task {position} has no name"
            continue
        if name.strip() in names:
            yield f"two tasks are named {name.strip()!r}"
        names.add(name.strip())
        for field, value in task.items():
            if (problem := _json_problem({field: value})) is not None:
                yield (
                    f"{name.strip()}: {field} is not a text, a number, true, false, null, a list or a map: {problem}"
                )


def _json_problem(value: object) -> str | None:
    """Return why a value is none that JSON has, such as `.inf`, `!!binary` or an alias in itself; None if it is one."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        return str(error)
    return None


def with_lines(
    errors: Sequence[FieldError], tasks: Sequence[Mapping[str, Any]], *, text: str, source: str
) -> list[FieldError]:
    """Return errors of applying the tasks of a file with its line and the task's name in place of `tasks.3`."""
    lines = lines_of_list(text, "tasks")
    found = []
    for error in errors:
        place = _ITEM.match(error.field)
        if place is None:
            found.append(error)
            continue
        position, field = int(place["position"]), place["field"]
        line = _line_of(lines[position], field)
        found.append(FieldError(f"{source}, line {line}: {tasks[position]['name']}: {field}", error.message))
    return found


def _line_of(lines: Mapping[str, int], field: str) -> int:
    """Return the line of a value, or else of what holds it; a field's path may be longer than what is written."""
    while field and field not in lines:
        field = field.rpartition(".")[0]
    return lines[field]


def fill_in(text: str, placeholders: Mapping[str, str]) -> str:
    """Return `text` with each known `{{name}}` replaced."""
    for name, value in placeholders.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def in_order_of_dependencies(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the tasks in an order in which each follows the tasks of the file that it depends on."""
    by_name = {task["name"]: task for task in tasks}
    ordered: dict[str, dict[str, Any]] = {}
    path: list[str] = []

    def visit(name: str) -> None:
        if name in ordered or name not in by_name:
            return
        if name in path:
            cycle = " → ".join([*path[path.index(name) :], name])
            raise ValidationFailedError(f"these tasks depend on each other: {cycle}")
        path.append(name)
        for edge in by_name[name].get("depends_on") or []:
            if isinstance(edge, dict) and isinstance(edge.get("task"), str):
                visit(edge["task"])
        path.pop()
        ordered[name] = by_name[name]

    for task in tasks:
        visit(task["name"])
    return list(ordered.values())


def with_upstream_ids(task: Mapping[str, Any], ids: Mapping[str, int]) -> dict[str, Any]:
    """Return the task with `task: NAME` in its dependencies replaced by `task_id`; raises `ValidationFailedError`."""
    fields = dict(task)
    edges = []
    for edge in fields.get("depends_on") or []:
        if isinstance(edge, dict) and "task" in edge:
            edge = dict(edge)
            upstream = edge.pop("task")
            if upstream not in ids:
                raise ValidationFailedError.of(
                    "depends_on", f"{fields['name']} depends on {upstream!r}, which does not exist"
                )
            edge["task_id"] = ids[upstream]
        edges.append(edge)
    if edges:
        fields["depends_on"] = edges
    return fields
