"""Which values of a task an audit entry has, before and after a change: those that are short, and hold no secret."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import JsonValue

from shared.models.task import TaskFields

_LONGEST = 200
"""Characters of a value: a page of the audit log has up to 500 entries."""
_NEVER = frozenset({"command", "arguments", "environment", "description"})
"""They are long, or hold what only those may read who may read the task; its versions have them."""


def change_detail(before: TaskFields, after: TaskFields, changed: Sequence[str]) -> dict[str, Any]:
    """Return what the audit log says of a change: which fields, and `values` of those that are shown."""
    values = changed_values(before, after, changed)
    return {"changed": list(changed)} | ({"values": values} if values else {})


def changed_values(before: TaskFields, after: TaskFields, changed: Iterable[str]) -> dict[str, list[JsonValue]]:
    """Return the changed fields that are shown with their values, each as [before, after]."""
    names = [name for name in changed if name not in _NEVER]
    was, now = (fields.model_dump(mode="json", include=set(names)) for fields in (before, after))
    pairs = {name: [was[name], now[name]] for name in names}
    return {name: pair for name, pair in pairs.items() if all(_is_shown(value) for value in pair)}


def _is_shown(value: JsonValue) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST
    if isinstance(value, list):
        return all(isinstance(one, (str, int)) for one in value) and len(str(value)) <= _LONGEST
    if isinstance(value, dict):
        return all(isinstance(one, str) for one in value.values()) and len(str(value)) <= _LONGEST
    return True
