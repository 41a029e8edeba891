"""A task's form as YAML, as `taskdeck apply` takes it, and YAML as the texts of the form. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from console.views.tasks.field_problems import field_problem
from console.views.tasks.field_texts import dependency_line, split_dependency
from console.views.tasks.form import DEFAULTS, Texts, read_one, texts_of
from console.views.tasks.http_request import EMPTY, json_problem, request_command, request_texts
from console.views.tasks.task_kinds import HTTP, is_request, missing_fields
from console.words import listed, tr
from shared.enums import DependencyWindow
from shared.instants import EARLIEST
from shared.models.base import place_of
from shared.models.system import ExecutorInfo
from shared.models.task import TASK_FIELD_NAMES, Task, TaskPatch
from shared.models.task_apply import AppliedDependency
from shared.plain_yaml import dump_yaml, lines_of_list, load_yaml

_LIST = "tasks"
_AS_WRITTEN = frozenset({"name", "folder", "executor", "task_type", "description", "command", "working_directory"})
_AS_WRITTEN |= {"run_as", "schedule", "timezone", "calendar", "concurrency_group"}
"""Fields whose texts stand in the form as they are written, also where they are wrong."""
_EDGES = TypeAdapter(list[AppliedDependency])
_NOTHING = Task(id=0, name="", executor="", task_type="", created_at=EARLIEST, updated_at=EARLIEST)
Executors = Mapping[str, ExecutorInfo]


@dataclass(frozen=True, slots=True)
class TextProblem:
    """What is wrong with a line of the text; the line is 0 where it is the text as a whole."""

    line: int
    words: str

    @property
    def text(self) -> str:
        """The problem with its line."""
        return tr("Line %1: %2", self.line, self.words) if self.line else self.words


class YamlError(Exception):
    """A text that is not one task; `problems` has one for each line that is wrong."""

    def __init__(self, problems: list[TextProblem]) -> None:
        super().__init__(problems)
        self.problems = problems


def yaml_of(texts: Texts, names: Collection[str], executors: Executors, *, before: Texts | None = None) -> str:
    """Return a task as YAML: its name, and what differs from the defaults, or differed in `before`.

    `names` are those of tasks that are known. A text that is wrong stands there as it is.
    """
    values = values_of(texts, names, executors)
    former = values_of(before, names, executors) if before is not None else {}
    shown = {
        name: value
        for name, value in values.items()
        if name == "name" or value != DEFAULTS[name] or former.get(name, DEFAULTS[name]) != DEFAULTS[name]
    }
    return dump_yaml({_LIST: [shown]})


def values_of(texts: Texts, names: Collection[str], executors: Executors) -> dict[str, Any]:
    """Return the fields of a task of a file, in the order of the API."""
    missing = missing_fields(texts, executors.get(texts["executor"]))
    found = {name: DEFAULTS[name] for name in missing & set(TASK_FIELD_NAMES)}
    found |= {name: _value(name, texts, names) for name in TASK_FIELD_NAMES if name in texts and name not in missing}
    if is_request(texts):
        found["command"] = request_command(texts)[0]
    return {name: found[name] for name in TASK_FIELD_NAMES if name in found}


def _value(name: str, texts: Texts, names: Collection[str]) -> Any:
    text = texts[name]
    if name == "depends_on":
        return [_edge(line.strip(), names) for line in text.splitlines() if line.strip()]
    try:
        return read_one(name, text)
    except ValueError:
        return text


def _edge(line: str, names: Collection[str]) -> dict[str, Any]:
    name, words = split_dependency(line, names)
    is_id = name.startswith("#") and name[1:].isdigit() and name not in names
    edge: dict[str, Any] = {"task_id": int(name[1:])} if is_id else {"task": name}
    for word in listed(words):
        edge["window" if word in frozenset(DependencyWindow) else "condition"] = word
    return edge


def parse_yaml(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the fields that a text gives one task, and the line of each; raises `YamlError`."""
    try:
        content = load_yaml(text)
        lines = lines_of_list(text, _LIST)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = tr("This is not valid YAML: %1.", error.problem or error.context or "")
        raise YamlError([TextProblem(mark.line + 1 if mark is not None else 0, words)]) from error
    except yaml.YAMLError as error:
        raise YamlError([TextProblem(0, tr("This is not valid YAML: %1.", error))]) from error
    tasks = content.get(_LIST) if isinstance(content, dict) else None
    if not isinstance(content, dict) or set(content) != {_LIST} or not isinstance(tasks, list):
        raise YamlError([TextProblem(1, tr("Write the task as the one item of a list below “tasks:”."))])
    if len(tasks) != 1 or not isinstance(tasks[0], dict):
        line = lines[1][""] if len(lines) > 1 else 1
        raise YamlError([TextProblem(line, tr("There must be one task below “tasks:”."))])
    return tasks[0], lines[0]


def texts_from(
    values: Mapping[str, Any], lines: Mapping[str, int], now: Texts, names: Mapping[str, int], executors: Executors
) -> dict[str, str]:
    """Return the texts of the form for the fields of a file, of which those that are not there have their defaults.

    `now` are the present texts: they stay where they mean the same. Raises `YamlError` for fields that the task does
    not have, and for values of another kind.
    """
    given = {name: value for name, value in values.items() if name in TASK_FIELD_NAMES}
    wanted: dict[str, Any] = {"name": "", **DEFAULTS, **given}
    base = dict(now) | ({"executor": wanted["executor"]} if isinstance(wanted["executor"], str) else {})
    missing = set(missing_fields(base, executors.get(base["executor"])))
    if base["executor"] == HTTP:
        missing.discard("command")
    problems = [
        TextProblem(lines.get(str(name), 0), _why_not_there(str(name), base["executor"]))
        for name, value in values.items()
        if name not in TASK_FIELD_NAMES or (name in missing and value != DEFAULTS[name])
    ]
    present = values_of(base, names, executors)
    found = dict(base)
    for name in TASK_FIELD_NAMES:
        value = wanted[name]
        if name in missing or (present[name] == value and type(present[name]) is type(value)):
            continue
        try:
            found |= _texts_of_value(name, value, base, names)
        except ValidationError as error:
            problems += _problems(name, error, lines)
        except ValueError as error:
            problems.append(TextProblem(lines.get(name, 0), tr("%1: %2", name, error)))
    if problems:
        raise YamlError(sorted(problems, key=lambda one: one.line))
    return found


def _why_not_there(name: str, executor: str) -> str:
    if name in TASK_FIELD_NAMES:
        return tr("%1 has no effect with the executor %2. Remove it.", name, executor)
    return tr("A task has no field %1.", name)


def _texts_of_value(name: str, value: Any, base: Texts, names: Mapping[str, int]) -> dict[str, str]:
    if name == "depends_on":
        return {name: "\n".join(_line_of(edge, names) for edge in _EDGES.validate_python(value))}
    if name == "command" and base["executor"] == HTTP and isinstance(value, str):
        request = request_texts(value)
        if request is None and not value.lstrip().startswith("{"):
            raise ValueError(json_problem(value))
        return {name: value, **EMPTY} if request is None else {name: "", **request}
    if name in _AS_WRITTEN and isinstance(value, str):
        return {name: value}
    checked = TaskPatch.model_validate({name: value})
    filled = _NOTHING.model_copy(update={"executor": base["executor"], name: getattr(checked, name)})
    return {name: texts_of(filled)[name]}


def _line_of(edge: AppliedDependency, names: Mapping[str, int]) -> str:
    name = edge.task
    if name is None:
        name = next((name for name, task_id in names.items() if task_id == edge.task_id), None)
    task_id = edge.task_id if edge.task is None else names.get(edge.task)
    return dependency_line(name, task_id, edge.condition, edge.window, names)


def _problems(name: str, error: ValidationError, lines: Mapping[str, int]) -> Iterator[TextProblem]:
    for problem in error.errors():
        place = ".".join((name, *place_of(problem)[1:]))
        while place not in lines and "." in place:
            place = place.rpartition(".")[0]
        yield TextProblem(lines.get(place, 0), tr("%1: %2", name, field_problem(str(problem["msg"]))))
