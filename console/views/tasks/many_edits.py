"""The same change of the fields of many tasks: what they have in common, and what it changes in each. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.views.tasks.field_problems import joined_problems
from console.views.tasks.form import Texts, changes, read_texts, texts_of
from console.words import tr
from shared.models.system import ExecutorInfo
from shared.models.task import Task


@dataclass(frozen=True, slots=True)
class TaskEdit:
    """The fields of a task that get another value, and the values that they have."""

    name: str
    changed: Mapping[str, Any]
    former: Mapping[str, Any]

    @property
    def item(self) -> dict[str, Any]:
        """The task of a request that changes it."""
        return {"name": self.name, **self.changed}

    @property
    def undoing(self) -> dict[str, Any]:
        """The task of a request that takes the change back."""
        return {"name": self.name, **self.former}


def common_texts(tasks: Sequence[Task], names: Mapping[int, str]) -> dict[str, str | None]:
    """Return the text of each field that all tasks have alike; None where they differ."""
    shown = [texts_of(task, names) for task in tasks]
    return {
        name: text if all(texts[name] == text for texts in shown) else None
        for name, text in (shown[0] if shown else {}).items()
    }


def plan_edits(
    tasks: Sequence[Task], chosen: Texts, ids: Mapping[str, int], executors: Mapping[str, ExecutorInfo]
) -> tuple[list[TaskEdit], dict[str, str]]:
    """Return what the chosen texts change, without tasks that have them already, and what is wrong with which field."""
    names = {task_id: name for name, task_id in ids.items()}
    edits: list[TaskEdit] = []
    wrong: dict[str, list[tuple[str, str]]] = {}
    for task in tasks:
        texts = texts_of(task, names)
        wanted = texts | dict(chosen)
        before, known = read_texts(texts, ids, executors.get(texts["executor"]))
        after, found = read_texts(wanted, ids, executors.get(wanted["executor"]))
        for field, words in found.items():
            if field in chosen or field not in known:
                wrong.setdefault(field, []).append((task.name, words))
        changed = changes(before, after)
        if changed.get("task_type") == "":
            changed["task_type"] = after["executor"]
        former = {name: task.task_type if name == "task_type" else before.get(name) for name in changed}
        if changed != former:
            edits.append(TaskEdit(task.name, changed, former))
    return edits, {field: _problem(found, len(tasks)) for field, found in wrong.items()}


def _problem(found: Sequence[tuple[str, str]], count: int) -> str:
    """Return what is wrong with a field: once where it is the same for all tasks, or for each by its name."""
    if len(found) == count and len({words for _, words in found}) == 1:
        return found[0][1]
    return joined_problems(tr("%1: %2", name, words) for name, words in found)
