"""The tasks of a file one by one, for the examples."""

from collections.abc import Mapping
from typing import Any

from shared.definitions.reading import read_definitions
from shared.errors import ValidationFailedError
from shared.models.definitions import Section


def parse_tasks(text: str, *, source: str) -> list[dict[str, Any]]:
    """Return the fields of each task of a file, in its order; raises `ValidationFailedError`, which names the place."""
    return read_definitions(text, source=source).sections[Section.TASKS]


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
        for edge in _edges(by_name[name]):
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
    for edge in _edges(fields):
        if isinstance(edge, dict) and "task" in edge:
            edge = dict(edge)
            upstream = edge.pop("task")
            if not isinstance(upstream, str) or upstream not in ids:
                raise ValidationFailedError.of(
                    "depends_on", f"{fields['name']} depends on {upstream!r}, which does not exist"
                )
            edge["task_id"] = ids[upstream]
        edges.append(edge)
    if edges:
        fields["depends_on"] = edges
    return fields


def _edges(task: Mapping[str, Any]) -> list[Any]:
    """Return the dependencies as they are given; none where that is no list, which the backend refuses."""
    edges = task.get("depends_on")
    return edges if isinstance(edges, list) else []
