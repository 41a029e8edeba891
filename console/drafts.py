"""What a person entered in a form and has not saved, stored so that it survives the end of the console."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.memory import Memory
from console.remembered import DRAFTS

MOST_DRAFTS = 20
"""The oldest beyond are removed: a form that is never opened again would leave its draft for ever."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The texts of a form that differ from what it opened with, by field, and when they were entered last."""

    texts: Mapping[str, str]
    at: datetime


class Drafts:
    """The drafts of the connection in use, by the name of their form."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def find(self, form: str) -> Draft | None:
        """Return the draft of a form; None without one that can be read."""
        stored = self._memory.get(DRAFTS).get(form)
        try:
            return None if stored is None else Draft(stored["texts"], datetime.fromisoformat(stored["at"]))
        except (KeyError, TypeError, ValueError):
            return None

    def store(self, form: str, draft: Draft) -> None:
        """Store the draft of a form in place of its former one."""
        others = [(name, one) for name, one in self._memory.get(DRAFTS).items() if name != form]
        stored = {"texts": dict(draft.texts), "at": draft.at.isoformat()}
        self._memory.put(DRAFTS, dict([*others, (form, stored)][-MOST_DRAFTS:]))

    def remove(self, form: str) -> None:
        """Remove the draft of a form, if there is one."""
        others = {name: one for name, one in self._memory.get(DRAFTS).items() if name != form}
        self._memory.put(DRAFTS, others)
