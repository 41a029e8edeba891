"""Which texts of a task were not saved as they were given."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.models.task import Task

_NORMALISED = ("name", "folder", "schedule")


class SavedOtherwise(NamedTuple):
    """A field, the text that was given for it, and the text that was saved."""

    field: str
    given: str
    saved: str


def saved_otherwise(given: Mapping[str, Any], task: Task) -> list[SavedOtherwise]:
    """Return the name, the folder and the schedule that were saved without blanks or slashes."""
    found = [SavedOtherwise(name, given.get(name) or "", getattr(task, name) or "") for name in _NORMALISED]
    return [one for one in found if one.given and one.given != one.saved]
