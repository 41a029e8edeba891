"""Whose failures a person wants to be told of on the desktop."""

from console.memory import Memory
from console.words import number, tr
from shared.enums import RunStatus
from shared.models.run import Run

_KEY = "subscribed"
_BAD = (RunStatus.FAILED, RunStatus.TIMED_OUT)


class Subscriptions:
    """The tasks of one backend that one has subscribed to."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @property
    def task_ids(self) -> frozenset[int]:
        """The ids of the tasks."""
        found = self._memory.get(_KEY, [])
        return frozenset(one for one in found if isinstance(one, int)) if isinstance(found, list) else frozenset()

    def subscribe(self, task_ids: frozenset[int], wants: bool) -> None:
        """Be told of the failures of some tasks from now on, or no longer."""
        kept = self.task_ids | task_ids if wants else self.task_ids - task_ids
        self._memory.put(_KEY, sorted(kept))


def change_words(names: list[str], *, wants: bool) -> str:
    """Return the words of the action that subscribes to some tasks, or ends that."""
    which = names[0] if len(names) == 1 else tr("%1 tasks").replace("%1", number(len(names)))
    text = tr("Tell me when %1 fails") if wants else tr("No longer tell me when %1 fails")
    return text.replace("%1", which)


def is_worth_telling(run: Run, *, choice: str, subscribed: frozenset[int]) -> bool:
    """Decide whether the end of a run is told; `choice` is `all`, `subscribed` or `none`."""
    if run.status not in _BAD or choice == "none":
        return False
    return choice == "all" or run.task_id in subscribed
