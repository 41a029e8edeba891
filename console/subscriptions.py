"""The tasks whose failures a person is notified of on the desktop."""

from collections.abc import Callable

from console import remembered
from console.memory import Memory
from console.widgets.row_action import ActionGroup, RowAction
from console.words import number, tr
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


def subscription_action(memory: Memory, say: Callable[[str], object]) -> RowAction[Task]:
    """Return the action of a table of tasks that subscribes, or ends it where all are subscribed to.

    `say` gets a sentence on what is the case now.
    """
    subscriptions = Subscriptions(memory)

    def is_on(task: Task) -> bool:
        return task.id in subscriptions.task_ids

    def change(tasks: list[Task]) -> None:
        wants = not all(map(is_on, tasks))
        subscriptions.subscribe(frozenset(task.id for task in tasks), wants)
        named = tasks[0].name if len(tasks) == 1 else tr("%1 tasks", number(len(tasks)))
        say(
            tr("You are notified when runs of %1 fail.", named)
            if wants
            else tr("You are no longer notified of failures of %1.", named)
        )

    return RowAction(
        id="subscribe",
        text=lambda: tr("Notify me on failure"),
        do=change,
        icon_name="alerts",
        group=ActionGroup.NOTIFY,
        on_hover=False,
        is_on=is_on,
    )


def is_worth_telling(run: Run, *, choice: str, subscribed: frozenset[int]) -> bool:
    """Whether a person is notified of the end of a run; `choice` is `all`, `subscribed` or `none`."""
    if run.status not in _BAD or choice == "none":
        return False
    return choice == "all" or run.task_id in subscribed
