"""Decides what applying definitions changes, and what a plan stands for."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from backend.tasks.apply_plan import PlannedTask
from shared.errors import FieldError, ValidationFailedError
from shared.models.alert import HIDDEN
from shared.models.definitions import AppliedDefinition, DefinitionAction, Section
from shared.models.task import TASK_FIELD_NAMES, Dependency
from shared.models.task_apply import ApplyAction
from shared.models.task_version import FieldChange

_SECRET_FIELDS = ("url", "headers")
"""Of a channel: shown changes say that they differ, and not what they are."""


@dataclass(frozen=True, slots=True)
class PlannedDefinition:
    """What becomes of a definition; `former` identifies its stored state in a plan."""

    applied: AppliedDefinition
    former: str = ""

    @property
    def is_written(self) -> bool:
        """Whether it is created or changed."""
        return self.applied.action in (DefinitionAction.CREATED, DefinitionAction.CHANGED)


def planned_definition(
    section: Section, name: str, *, wanted: BaseModel, stored: BaseModel | None, fields: Iterable[str]
) -> PlannedDefinition:
    """Return what becomes of a calendar, a group, a channel or a rule, which are given whole."""
    if stored is None:
        return PlannedDefinition(AppliedDefinition(section=section, name=name, action=DefinitionAction.CREATED))
    before = stored.model_dump(mode="json")
    after = wanted.model_dump(mode="json")
    changes = [
        FieldChange(field=field, before=before[field], after=after[field])
        for field in fields
        if before[field] != after[field]
    ]
    action = DefinitionAction.CHANGED if changes else DefinitionAction.UNCHANGED
    applied = AppliedDefinition(section=section, name=name, action=action, changes=[_shown(one) for one in changes])
    return PlannedDefinition(applied, former=json.dumps(before, sort_keys=True))


def _shown(change: FieldChange) -> FieldChange:
    if change.field not in _SECRET_FIELDS:
        return change
    return FieldChange(field=change.field, before=HIDDEN if change.before else None, after=f"{HIDDEN} (differs)")


def planned_task(task: PlannedTask, names: Mapping[int, str]) -> PlannedDefinition:
    """Return what becomes of a task; `names` has those of the upstream tasks."""
    changes: list[FieldChange] = []
    if task.former is not None:
        before, after = task.former.model_dump(mode="json"), task.fields.model_dump(mode="json")
        before["depends_on"] = _named(task.former.depends_on, names)
        after["depends_on"] = _named(task.fields.depends_on, names)
        changes = [
            FieldChange(field=field, before=before[field], after=after[field])
            for field in TASK_FIELD_NAMES
            if field in task.changed
        ]
    applied = AppliedDefinition(
        section=Section.TASKS, name=task.fields.name, action=DefinitionAction(task.action.value), changes=changes
    )
    former = "" if task.action is ApplyAction.CREATED else f"{task.id} {task.version}"
    return PlannedDefinition(applied, former=former)


def _named(edges: Iterable[Dependency], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return dependencies as a file has them: by the names of the upstream tasks, where they are known."""
    found = []
    for edge in edges:
        upstream = {"task": names[edge.task_id]} if edge.task_id in names else {"task_id": edge.task_id}
        found.append({**upstream, "condition": edge.condition.value, "window": edge.window.value})
    return sorted(found, key=str)


def pruned_task(name: str, task_id: int) -> PlannedDefinition:
    """Return what becomes of a task that the request does not name."""
    return PlannedDefinition(
        AppliedDefinition(section=Section.TASKS, name=name, action=DefinitionAction.DELETED), former=str(task_id)
    )


def fingerprint(planned: Sequence[PlannedDefinition]) -> str:
    """Return a text that is the same only for the same changes of the same stored definitions."""
    content = [
        (one.applied.section, one.applied.name, one.applied.action, one.former, [c.field for c in one.applied.changes])
        for one in planned
        if one.applied.action is not DefinitionAction.UNCHANGED
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]


def in_section(section: Section, position: int, refusal: ValidationFailedError) -> ValidationFailedError:
    """Return an error whose fields name the place in the request, such as `rules.3.channels`."""
    return ValidationFailedError.of_fields(
        [FieldError(f"{section}.{position}.{error.field}", error.message) for error in refusal.errors]
    )
