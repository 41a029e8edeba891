"""What a person can do with tasks."""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from console.context import Context
from console.silencing import SilencedTask, Silencer, silence_actions
from console.subscriptions import subscription_actions
from console.views.tasks.backfill_dialog import BackfillDialog
from console.views.tasks.changes import TaskChanges
from console.views.tasks.crontab_dialog import CrontabDialog
from console.views.tasks.editor import TaskEditor
from console.views.tasks.history_dialog import HistoryDialog
from console.views.tasks.known import load_known
from console.views.tasks.label_dialog import LabelDialog
from console.widgets.confirm import ConfirmDialog
from console.widgets.row_action import RowAction
from console.words import enumeration, number, tr
from shared.enums import Permission, TaskStatus
from shared.models.task import Task


class TaskActionId(StrEnum):
    """The actions of the tasks' table."""

    RUN_NOW = "run_now"
    PAUSE = "pause"
    RESUME = "resume"
    EDIT = "edit"
    SHOW_RUNS = "show_runs"
    BACKFILL = "backfill"
    LABEL = "label"
    HISTORY = "history"
    DELETE = "delete"


ACTIONS_ON_SELECTION = (
    TaskActionId.RUN_NOW,
    TaskActionId.PAUSE,
    TaskActionId.RESUME,
    TaskActionId.LABEL,
    TaskActionId.DELETE,
)
"""What the footer offers for the rows that are selected."""


class TaskActions(QObject):
    """Opens dialogs and carries out.

    `done` follows each change, `saved` carries the id of a task that was created or edited, `said` a sentence on what
    was done, `follow` asks for another view. `progressed` and `finished` are those of a change to many tasks.
    """

    done = Signal()
    saved = Signal(int)
    said = Signal(str)
    follow = Signal(str, dict)
    progressed = Signal(int, int)
    finished = Signal()

    def __init__(
        self,
        context: Context,
        window: QWidget,
        *,
        whole_selection: Callable[[list[Task]], Awaitable[list[Task]]],
    ) -> None:
        """`whole_selection` returns the selected tasks, loaded or not, of which the table gave those it has."""
        super().__init__(window)
        self._context = context
        self._window = window
        self._whole_selection = whole_selection
        self._changes = TaskChanges(context, self)
        self._silencer: Silencer[Task] = Silencer(context, lambda task: SilencedTask(task.id, task.name))
        self._changes.progressed.connect(self.progressed)
        self._changes.done.connect(self.finished)

    def cancel(self) -> None:
        """Begin with no more tasks; what is under way ends."""
        self._changes.cancel()

    def edit(self, task: Task | None) -> None:
        """Open the editor; the executors are asked for once."""
        self._context.background.start(self._edit(task), name="open editor")

    async def _edit(self, task: Task | None) -> None:
        client = self._context.connection.client
        if task is not None:
            task = await client.get_task(task.id)
        known = await load_known(client, [edge.task_id for edge in task.depends_on] if task is not None else [])
        editor = TaskEditor(self._context, known, task, self._window)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.saved.connect(self._saved)
        editor.said.connect(self.said)
        editor.open()

    def _saved(self, task: Task) -> None:
        self.saved.emit(task.id)

    def import_crontab(self) -> None:
        """Open the import of a crontab."""
        dialog = CrontabDialog(self._context, self._window)
        dialog.made.connect(self.done)
        dialog.open()

    def row_actions(self) -> list[RowAction[Task]]:
        """Return what the table offers for its rows."""
        return [
            RowAction(
                id=TaskActionId.RUN_NOW,
                text=lambda: tr("Run now"),
                do=lambda tasks: self._do(self._trigger, tasks),
                icon_name="play",
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=TaskActionId.PAUSE,
                text=lambda: tr("Pause schedule"),
                do=lambda tasks: self._do(self._changes.pause, tasks),
                icon_name="pause",
                applies=lambda task: task.status is TaskStatus.ACTIVE,
                refusal=self._may_not(Permission.EDIT),
            ),
            RowAction(
                id=TaskActionId.RESUME,
                text=lambda: tr("Resume schedule"),
                do=lambda tasks: self._do(self._changes.resume, tasks),
                icon_name="drain",
                applies=lambda task: task.status is TaskStatus.PAUSED,
                refusal=self._may_not(Permission.EDIT),
            ),
            RowAction(
                id=TaskActionId.EDIT,
                text=lambda: tr("Edit…"),
                do=lambda tasks: self.edit(tasks[0]),
                icon_name="edit",
                refusal=self._may_not(Permission.EDIT),
            ),
            RowAction(
                id=TaskActionId.SHOW_RUNS,
                text=lambda: tr("Show runs"),
                do=lambda tasks: self.follow.emit("runs", {"task": tasks[0].id, "task_name": tasks[0].name}),
                icon_name="runs",
                on_hover=False,
            ),
            RowAction(
                id=TaskActionId.BACKFILL,
                text=lambda: tr("Backfill…"),
                do=lambda tasks: BackfillDialog(self._context, tasks[0], self._window).open(),
                icon_name="retry",
                applies=lambda task: task.schedule is not None,
                on_hover=False,
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=TaskActionId.LABEL,
                text=lambda: tr("Labels…"),
                do=lambda tasks: self._do(self._ask_labels, tasks),
                icon_name="label",
                on_hover=False,
                refusal=self._may_not(Permission.EDIT),
            ),
            RowAction(
                id=TaskActionId.HISTORY,
                text=lambda: tr("Versions…"),
                do=self._show_history,
                icon_name="time",
                on_hover=False,
            ),
            *subscription_actions(self._context.memory),
            *silence_actions(self._silence, refusal=self._may_not(Permission.EDIT)),
            RowAction(
                id=TaskActionId.DELETE,
                text=lambda: tr("Delete…"),
                do=self.ask_delete,
                icon_name="delete",
                on_hover=False,
                refusal=self._may_not(Permission.EDIT),
            ),
        ]

    def _may_not(self, needed: Permission) -> Callable[[Task], str]:
        return lambda task: self._context.permissions.why_not(task.folder, needed)

    def _show_history(self, tasks: list[Task]) -> None:
        dialog = HistoryDialog(self._context, tasks[0], self._window)
        dialog.restored.connect(self._saved)
        dialog.open()

    def _do(self, what: Callable[[list[Task]], Coroutine[Any, Any, object]], tasks: list[Task]) -> None:
        async def whole() -> None:
            await what(await self._whole_selection(tasks))
            self.done.emit()

        self._context.background.start(whole(), name="act on tasks")

    def _silence(self, tasks: list[Task], until: Callable[[datetime], datetime]) -> None:
        self._do(lambda whole: self._silencer.silence(whole, until), tasks)

    async def _trigger(self, tasks: list[Task]) -> None:
        runs = await self._changes.trigger(tasks)
        if len(runs) == 1:
            self.follow.emit("runs", {"run": runs[0].id})

    async def _ask_labels(self, tasks: list[Task]) -> None:
        dialog = LabelDialog(tasks, self._window)
        dialog.chosen.connect(
            lambda added, removed: self._do(lambda _tasks: self._changes.label(tasks, added=added, removed=removed), [])
        )
        dialog.open()

    def ask_delete(self, tasks: list[Task]) -> None:
        """Ask, then delete tasks and their runs."""
        self._do(self._confirm_delete, tasks)

    async def _confirm_delete(self, tasks: list[Task]) -> None:
        one = tasks[0]
        if len(tasks) == 1:
            runs = (await self._context.connection.client.list_runs(task_id=one.id, limit=1)).meta.total
            question = tr("Delete %1?", one.name)
            effect = (
                tr("The task, its schedule and its %1 runs are deleted permanently.", number(runs))
                if runs is not None
                else tr("The task, its schedule and its runs are deleted permanently.")
            )
        else:
            question = tr("Delete %1 tasks?", number(len(tasks)))
            effect = tr(
                "The tasks, their schedules and their runs are deleted permanently: %1",
                enumeration(task.name for task in tasks[:5]) + (" …" if len(tasks) > 5 else ""),
            )
        typed = one.name if len(tasks) == 1 else str(len(tasks))
        dialog = ConfirmDialog(self._window, question=question, effect=effect, verb=tr("Delete"), typed=typed)
        dialog.accepted.connect(lambda: self._do(lambda _tasks: self._changes.delete(tasks), []))
        dialog.open()
