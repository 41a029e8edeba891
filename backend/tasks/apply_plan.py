"""Decides what applying tasks changes, and finds everything that is wrong with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.executor_spec import ExecutorSpec
from backend.tasks.checks import check_executor, check_jitter, checked_fields
from backend.tasks.cycles import find_cycle
from shared.access import Access
from shared.enums import Permission
from shared.errors import MOST_ERRORS, FieldError, ValidationFailedError
from shared.models.task import TASK_FIELD_NAMES, TaskFields
from shared.models.task_apply import ApplyAction

_MOST_IN_DETAIL = 10
"""Errors that the detail lists; the list of fields has more of them."""


@dataclass(frozen=True, slots=True)
class StoredTask:
    """A task of the request that exists."""

    id: int
    version: int
    fields: TaskFields


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTask:
    """A task of the request: its new fields, and which of them change; of a new task those that are given."""

    position: int
    id: int
    version: int
    action: ApplyAction
    fields: TaskFields
    changed: tuple[str, ...]
    former: TaskFields | None = None

    @property
    def added_upstreams(self) -> set[int]:
        """The upstream tasks that it did not depend on before."""
        former = self.former.depends_on if self.former is not None else []
        return {edge.task_id for edge in self.fields.depends_on} - {edge.task_id for edge in former}


@dataclass(frozen=True, slots=True)
class ItemError:
    """An invalid field of the task at a position of the request."""

    position: int
    name: str
    error: FieldError


def refused_items(errors: Sequence[ItemError]) -> ValidationFailedError:
    """Return the error for the whole request: fields such as `tasks.3.schedule`, and a detail that names the tasks."""
    listed = [f"{one.name}: {one.error.field}: {one.error.message}" for one in errors[:_MOST_IN_DETAIL]]
    if len(errors) > _MOST_IN_DETAIL:
        listed.append(f"and {len(errors) - _MOST_IN_DETAIL:,} more")
    fields = [FieldError(f"tasks.{one.position}.{one.error.field}", one.error.message) for one in errors[:MOST_ERRORS]]
    return ValidationFailedError("; ".join(listed), errors=fields)


def name_of(item: Mapping[str, Any]) -> str | None:
    """Return the name of a task of the request as it is stored, or None if it has none."""
    name = item.get("name")
    return name.strip() if isinstance(name, str) and name.strip() else None


def upstream_names(items: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the names of all upstream tasks."""
    return {
        edge["task"]
        for item in items
        if isinstance(item.get("depends_on"), list)
        for edge in item["depends_on"]
        if isinstance(edge, dict) and isinstance(edge.get("task"), str)
    }


def plan_tasks(
    items: Sequence[Mapping[str, Any]],
    stored: Mapping[str, StoredTask],
    ids: Mapping[str, int],
    executors: Mapping[str, ExecutorSpec],
    *,
    is_exact: bool = False,
) -> list[PlannedTask]:
    """Return what each task becomes.

    `stored` has the tasks of the request that exist, `ids` the ids of all tasks that it names, those of new tasks too.
    Fields that are not given stay as they are, or get their defaults if `is_exact`.
    Raises `ValidationFailedError` that lists every invalid field of every task.
    """
    planned: list[PlannedTask] = []
    errors: list[ItemError] = []
    first: dict[str, int] = {}
    for position, item in enumerate(items):
        name = name_of(item)
        if name is not None and first.setdefault(name, position) != position:
            error = FieldError("name", f"is that of task {first[name] + 1} of the request too; give each task once")
            errors.append(ItemError(position, name, error))
            continue
        try:
            planned.append(_planned(position, item, stored.get(name or ""), ids, executors, is_exact=is_exact))
        except ValidationFailedError as refusal:
            shown = name or f"task {position + 1}"
            errors += [ItemError(position, shown, error) for error in refusal.errors]
    if errors:
        raise refused_items(errors)
    return planned


def _planned(
    position: int,
    item: Mapping[str, Any],
    before: StoredTask | None,
    ids: Mapping[str, int],
    executors: Mapping[str, ExecutorSpec],
    *,
    is_exact: bool,
) -> PlannedTask:
    given = _with_upstream_ids(item, ids)
    fields = checked_fields((before.fields.model_dump() if before is not None and not is_exact else {}) | given)
    if before is None:
        action, changed, task_id, version = ApplyAction.CREATED, sorted(given), ids[fields.name], 1
    else:
        changed = [name for name in sorted(TASK_FIELD_NAMES) if getattr(fields, name) != getattr(before.fields, name)]
        action = ApplyAction.CHANGED if changed else ApplyAction.UNCHANGED
        task_id, version = before.id, before.version + bool(changed)
    if action is not ApplyAction.UNCHANGED:
        check_executor(fields, executors)
        check_jitter(fields)
    return PlannedTask(
        position=position,
        id=task_id,
        version=version,
        action=action,
        fields=fields,
        changed=tuple(changed),
        former=before.fields if before is not None else None,
    )


def _with_upstream_ids(item: Mapping[str, Any], ids: Mapping[str, int]) -> dict[str, Any]:
    """Return the fields with `task: NAME` in their dependencies replaced by `task_id`."""
    fields = dict(item)
    if isinstance(fields.get("depends_on"), list):
        fields["depends_on"] = [_with_upstream_id(edge, ids) for edge in fields["depends_on"]]
    return fields


def _with_upstream_id(edge: Any, ids: Mapping[str, int]) -> Any:
    if not isinstance(edge, dict) or edge.get("task") is None:
        return edge
    upstream = edge["task"]
    if edge.get("task_id") is not None:
        raise ValidationFailedError.of("depends_on", "names an upstream task by task or by task_id, not by both")
    if not isinstance(upstream, str) or upstream not in ids:
        raise ValidationFailedError.of("depends_on", f"task {upstream!r} does not exist")
    return {name: value for name, value in edge.items() if name != "task"} | {"task_id": ids[upstream]}


def missing_upstreams(planned: Iterable[PlannedTask], known: Mapping[int, str]) -> list[ItemError]:
    """Return an error for each added upstream task that does not exist; `known` has the names by id."""
    return [
        ItemError(task.position, task.fields.name, FieldError("depends_on", f"task {upstream} does not exist"))
        for task in planned
        for upstream in sorted(task.added_upstreams)
        if upstream not in known
    ]


def hidden_names(
    items: Iterable[Mapping[str, Any]], stored: Mapping[str, StoredTask], access: Access
) -> list[ItemError]:
    """Return an error for each task of the request whose name belongs to a task that the user may not read."""
    found = ((position, name_of(item)) for position, item in enumerate(items))
    return [
        ItemError(position, name, FieldError("name", "is taken by another task"))
        for position, name in found
        if name is not None and name in stored and not access.permits(stored[name].fields.folder, Permission.READ)
    ]


def check_permitted(planned: Iterable[PlannedTask], access: Access) -> None:
    """Raise `ForbiddenError` unless every task that changes may be edited where it is, and where it moves."""
    folders = set()
    for task in planned:
        if task.action is not ApplyAction.UNCHANGED:
            folders |= {task.fields.folder} | ({task.former.folder} if task.former is not None else set())
    for folder in sorted(folders):
        access.require(folder, Permission.EDIT)


def closed_cycle(planned: Iterable[PlannedTask], edges: Mapping[int, Sequence[int]]) -> list[int] | None:
    """Return a cycle of dependencies that begins at one of the tasks, or None; `edges` has the stored ones."""
    wanted = {task.id: [edge.task_id for edge in task.fields.depends_on] for task in planned}
    return find_cycle(wanted, {**edges, **wanted})


def cycle_error(cycle: Sequence[int], planned: Iterable[PlannedTask], names: Mapping[int, str]) -> ItemError:
    """Return the error for the task that a cycle begins at; `names` has those of the tasks in it."""
    task = next(task for task in planned if task.id == cycle[0])
    path = " → ".join(names.get(member, str(member)) for member in cycle)
    return ItemError(task.position, task.fields.name, FieldError("depends_on", f"this would close a cycle: {path}"))
