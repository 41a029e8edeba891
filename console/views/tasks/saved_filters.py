"""Saved filters of the task list."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from console import remembered
from console.memory import Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFilter:
    """A named filter; `sort` as the API writes it."""

    name: str
    text: str = ""
    folder: str = ""
    status: str | None = None
    sort: str = "name"


class SavedFilters:
    """The filters of one backend, in the order of their names."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def all(self) -> list[SavedFilter]:
        """Return them; what cannot be read is left out."""
        found = [_read(one) for one in self._memory.get(remembered.TASK_FILTERS)]
        return sorted((one for one in found if one is not None), key=lambda one: one.name.casefold())

    def save(self, wanted: SavedFilter) -> None:
        """Save a filter; one of the same name is replaced."""
        self._put([*(one for one in self.all() if one.name != wanted.name), wanted])

    def remove(self, name: str) -> None:
        """Delete a filter."""
        self._put([one for one in self.all() if one.name != name])

    def _put(self, filters: list[SavedFilter]) -> None:
        self._memory.put(remembered.TASK_FILTERS, [asdict(one) for one in filters])


def _read(kept: Mapping[str, Any]) -> SavedFilter | None:
    try:
        return SavedFilter(**kept)
    except TypeError:
        return None
