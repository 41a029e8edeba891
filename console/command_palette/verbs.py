"""Commands of the palette that name a task: they are offered for the tasks whose names fit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.actions import Action
from console.command_palette.command_text import TypedCommand, Verb, read_command
from console.command_palette.fuzzy import rank
from console.context import Context
from console.silencing import SilencedTask, Silencer, in_one_hour
from console.views.runs.actions import RunActions
from console.views.tasks.actions import TaskActionId, TaskActions
from console.views.tasks.changes import TaskSelection
from console.words import tr
from shared.enums import Permission
from shared.models.run_filter import RunFilter
from shared.models.task import Task
from shared.schedule.durations import format_duration

COMMAND = "command."
"""With which the ids of what is offered begin."""
_MOST_TASKS = 5
_ACTION_OF = {
    Verb.RUN: TaskActionId.RUN_NOW,
    Verb.PAUSE: TaskActionId.PAUSE,
    Verb.RESUME: TaskActionId.RESUME,
    Verb.EDIT: TaskActionId.EDIT,
}


class Verbs(QObject):
    """What the palette offers for a typed command; `said` and `follow` are those of the actions."""

    said = Signal(str)
    follow = Signal(str, dict)

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._tasks = TaskActions(context, window, selection_of=_selection_of, rows_of=_rows_of)
        self._tasks.said.connect(self.said)
        self._tasks.follow.connect(self.follow)
        self._silencer: Silencer[Task] = Silencer(context, lambda task: SilencedTask(task.id, task.name))
        self._of_tasks = {action.id: action for action in self._tasks.row_actions()}

    async def offers(self, query: str) -> list[Action]:
        """Return what the typed command would do, for each task that fits, best first; nothing if it is no command."""
        command = read_command(query)
        if command is None:
            return []
        tasks = (await self._context.connection.client.list_tasks(q=command.about, limit=_MOST_TASKS)).data
        fitting = rank(command.about, tasks, lambda task: task.name) or tasks
        offers = (self._offer(command, task) for task in fitting)
        return [offer for offer in offers if offer is not None]

    def _offer(self, command: TypedCommand, task: Task) -> Action | None:
        if command.verb is Verb.SILENCE:
            return self._silence(command, task)
        if command.verb is Verb.CANCEL:
            return self._cancel(task)
        action = self._of_tasks[_ACTION_OF[command.verb]]
        if not action.applies(task):
            return None
        return Action(
            f"{COMMAND}{command.verb}.{task.id}",
            tr("%1: %2", action.text(), task.name),
            lambda: action.do([task]),
            group=tr("Task"),
            icon_name=action.icon_name,
            refusal=lambda: action.refusal(task),
        )

    def _silence(self, command: TypedCommand, task: Task) -> Action:
        lasts = command.lasts
        until: Callable[[datetime], datetime] = in_one_hour if lasts is None else (lambda now: now + lasts)
        words = format_duration(lasts if lasts is not None else timedelta(hours=1))
        return Action(
            f"{COMMAND}silence.{task.id}",
            tr("Silence alerts of %1 for %2", task.name, words),
            lambda: self._silencer.start([task], until),
            group=tr("Task"),
            icon_name="silence",
            refusal=self._refusal_of(task, Permission.EDIT),
        )

    def _cancel(self, task: Task) -> Action:
        runs = RunActions(self._context, self._window, wanted=lambda: replace(RunFilter(), task_id=task.id))
        runs.said.connect(self.said)
        return Action(
            f"{COMMAND}cancel.{task.id}",
            tr("Cancel all runs of %1…", task.name),
            runs.cancel_all,
            group=tr("Task"),
            icon_name="cancel",
            refusal=self._refusal_of(task, Permission.RUN),
        )

    def _refusal_of(self, task: Task, needed: Permission) -> Callable[[], str]:
        return lambda: self._context.permissions.why_not(task.folder, needed)


async def _selection_of(tasks: list[Task]) -> TaskSelection:
    """Return the one task of a command as a selection."""
    return TaskSelection.of(tasks)


async def _rows_of(tasks: list[Task]) -> list[Task]:
    """Return the one task of a command."""
    return tasks
