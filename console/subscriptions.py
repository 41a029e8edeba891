"""The tasks whose failures a person is notified of on the desktop."""

from console import remembered
from console.memory import Memory
from console.widgets.row_action import RowAction
from console.words import tr
from shared.enums import RunStatus
from shared.models.run import Run
from shared.models.task import Task

_BAD = (RunStatus.FAILED, RunStatus.TIMED_OUT)


class Subscriptions:
    """The tasks of one backend that one has subscribed to."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @property
    def task_ids(self) -> frozenset[int]:
        """The ids of the tasks."""
        return frozenset(self._memory.get(remembered.SUBSCRIBED_TASKS))

    def subscribe(self, task_ids: frozenset[int], wants: bool) -> None:
        """Subscribe to the failures of tasks, or end it."""
        kept = self.task_ids | task_ids if wants else self.task_ids - task_ids
        self._memory.put(remembered.SUBSCRIBED_TASKS, sorted(kept))


def subscription_actions(memory: Memory) -> list[RowAction[Task]]:
    """Return the actions of a table of tasks that subscribe and unsubscribe."""
    subscriptions = Subscriptions(memory)

    def change(tasks: list[Task], *, wants: bool) -> None:
        subscriptions.subscribe(frozenset(task.id for task in tasks), wants)

    return [
        RowAction(
            id="subscribe",
            text=lambda: tr("Notify me on failure"),
            do=lambda tasks: change(tasks, wants=True),
            icon_name="alerts",
            applies=lambda task: task.id not in subscriptions.task_ids,
            on_hover=False,
        ),
        RowAction(
            id="unsubscribe",
            text=lambda: tr("Stop notifying me on failure"),
            do=lambda tasks: change(tasks, wants=False),
            icon_name="close",
            applies=lambda task: task.id in subscriptions.task_ids,
            on_hover=False,
        ),
    ]


def is_worth_telling(run: Run, *, choice: str, subscribed: frozenset[int]) -> bool:
    """Whether a person is notified of the end of a run; `choice` is `all`, `subscribed` or `none`."""
    if run.status not in _BAD or choice == "none":
        return False
    return choice == "all" or run.task_id in subscribed
