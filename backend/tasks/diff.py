"""Compares two versions of a task."""

from collections.abc import Mapping
from typing import Any

from shared.models.task import TASK_FIELD_NAMES, TaskFields
from shared.models.task_version import FieldChange

_DEFAULTS = {name: field.get_default(call_default_factory=True) for name, field in TaskFields.model_fields.items()}


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """Return the fields that differ, in the order of a task's fields.

    A version that is older than a field has the field's default.
    """
    return [
        FieldChange(field=name, before=was, after=now)
        for name in TASK_FIELD_NAMES
        if (was := before.get(name, _DEFAULTS[name])) != (now := after.get(name, _DEFAULTS[name]))
    ]
