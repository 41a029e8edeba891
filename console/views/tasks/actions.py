"""What a person can do with tasks."""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from console.bulk import answer_of, check_changed
from console.context import Context
from console.silencing import SilencedTask, Silencer, silence_actions
from console.subscriptions import subscription_action
from console.views.tasks.backfill_dialog import BackfillDialog
from console.views.tasks.changes import TaskChanges, TaskSelection
from console.views.tasks.crontab_dialog import CrontabDialog
from console.views.tasks.editor import TaskEditor
from console.views.tasks.history_dialog import HistoryDialog
from console.views.tasks.known import load_known
from console.views.tasks.label_dialog import LabelDialog
from console.views.tasks.many_editor import ManyEditor
from console.views.tasks.move_dialog import MoveDialog
from console.widgets.confirm import ConfirmDialog
from console.widgets.held_keys import HeldKeys
from console.widgets.row_action import ActionGroup, RowAction
from console.words import enumeration, number, sentences, tr
from shared.enums import Permission, TaskStatus
from shared.errors import ConflictError
from shared.models.task import Task
from shared.models.task_apply import MOST_TASKS


class TaskActionId(StrEnum):
    """The actions of the tasks' table."""

    RUN_NOW = "run_now"
    PAUSE = "pause"
    RESUME = "resume"
    EDIT = "edit"
    SHOW_RUNS = "show_runs"
    BACKFILL = "backfill"
    LABEL = "label"
    MOVE = "move"
    HISTORY = "history"
    DELETE = "delete"


ACTIONS_ON_SELECTION = (
    TaskActionId.RUN_NOW,
    TaskActionId.EDIT,
    TaskActionId.PAUSE,
    TaskActionId.RESUME,
    TaskActionId.LABEL,
    TaskActionId.MOVE,
    TaskActionId.DELETE,
)
"""What the footer offers for the rows that are selected."""


class TaskActions(QObject):
    """Opens dialogs and carries out.

    `done` follows each change, `saved` carries the id of a task that was created or edited, `said` a sentence on what
    was done, `follow` asks for another view. `busy` says whether a change is under way.
    """

    done = Signal()
    saved = Signal(int)
    said = Signal(str)
    follow = Signal(str, dict)
    busy = Signal(bool)

    def __init__(
        self,
        context: Context,
        window: QWidget,
        *,
        selection_of: Callable[[list[Task]], Awaitable[TaskSelection]],
        rows_of: Callable[[list[Task]], Awaitable[list[Task]]],
    ) -> None:
        """`selection_of` returns what is selected, loaded or not, of which the table gave the tasks that it has.

        `rows_of` returns all of them as tasks.
        """
        super().__init__(window)
        self._context = context
        self._window = window
        self._selection_of = selection_of
        self._rows_of = rows_of
        self._changes = TaskChanges(context)
        self._silencer: Silencer[Task] = Silencer(context, lambda task: SilencedTask(task.id, task.name))

    def edit(self, task: Task | None) -> None:
        """Open the editor; the executors are asked for once."""
        # Where a task is edited the name is selected: what is typed too early would replace it.
        keys = HeldKeys(self._window) if task is None else None
        self._context.background.start(self._edit(task, keys), name="open editor")

    async def _edit(self, task: Task | None, keys: HeldKeys | None) -> None:
        client = self._context.connection.client
        try:
            if task is not None:
                task = await client.get_task(task.id)
            known = await load_known(client, [edge.task_id for edge in task.depends_on] if task is not None else [])
        except BaseException:
            if keys is not None:
                keys.drop()
            raise
        editor = TaskEditor(self._context, known, task, self._window)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.saved.connect(self._saved)
        editor.said.connect(self.said)
        editor.run_started.connect(lambda run_id: self.follow.emit("run", {"run": run_id}))
        if keys is not None:
            await keys.lay_out(editor)
        editor.open()
        if keys is not None:
            keys.give_to(editor)

    def edit_all(self, tasks: list[Task]) -> None:
        """Open the editor of one task, or that of the fields of many."""
        if len(tasks) == 1:
            self.edit(tasks[0])
        else:
            self._context.background.start(self._edit_many(tasks), name="open editor")

    async def _edit_many(self, tasks: list[Task]) -> None:
        found = await self._rows_of(tasks)
        if len(found) > MOST_TASKS:
            raise ConflictError(tr("Select at most %1 tasks to edit them together.", number(MOST_TASKS)))
        known = await load_known(self._context.connection.client, [])
        editor = ManyEditor(self._context, known, found, self._changes.edit, self._window)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.saved.connect(self.done)
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
                group=ActionGroup.RUN,
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=TaskActionId.PAUSE,
                text=lambda: tr("Pause schedule"),
                do=lambda tasks: self._do(self._changes.pause, tasks),
                icon_name="pause",
                group=ActionGroup.NOTIFY,
                applies=lambda task: task.status is TaskStatus.ACTIVE,
                refusal=self._may_not(Permission.EDIT),
            ),
            RowAction(
                id=TaskActionId.RESUME,
                text=lambda: tr("Resume schedule"),
                do=lambda tasks: self._do(self._changes.resume, tasks),
                icon_name="resume",
                group=ActionGroup.NOTIFY,
                applies=lambda task: task.status is TaskStatus.PAUSED,
                refusal=self._may_not(Permission.EDIT),
            ),
            RowAction(
                id=TaskActionId.EDIT,
                text=lambda: tr("Edit…"),
                do=self.edit_all,
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
                group=ActionGroup.RUN,
                applies=lambda task: task.schedule is not None,
                on_hover=False,
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=TaskActionId.LABEL,
                text=lambda: tr("Labels…"),
                do=self._ask_labels,
                icon_name="label",
                group=ActionGroup.ORGANISE,
                on_hover=False,
                refusal=self._may_not(Permission.EDIT),
            ),
            RowAction(
                id=TaskActionId.MOVE,
                text=lambda: tr("Move…"),
                do=self._ask_folder,
                icon_name="folder",
                group=ActionGroup.ORGANISE,
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
            subscription_action(self._context.memory, self.said.emit),
            *silence_actions(self._silence, refusal=self._may_not(Permission.EDIT)),
            RowAction(
                id=TaskActionId.DELETE,
                text=lambda: tr("Delete…"),
                do=self.ask_delete,
                icon_name="delete",
                group=ActionGroup.END,
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

    def _do(self, what: Callable[[TaskSelection], Awaitable[object]], tasks: list[Task]) -> None:
        async def whole() -> None:
            await what(await self._selection_of(tasks))

        self._start(whole())

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        async def noted() -> None:
            self.busy.emit(True)
            try:
                await work
            finally:
                self.busy.emit(False)
                self.done.emit()

        self._context.background.start(noted(), name="act on tasks")

    def _silence(self, tasks: list[Task], until: Callable[[datetime], datetime]) -> None:
        async def silence() -> None:
            await self._silencer.silence(await self._rows_of(tasks), until)

        self._start(silence())

    async def _trigger(self, selection: TaskSelection) -> None:
        runs, words = await self._changes.trigger(selection)
        if len(runs) == 1:
            self.follow.emit("run", {"run": runs[0]})
        else:
            self.said.emit(words)

    def _ask_labels(self, tasks: list[Task]) -> None:
        async def ask() -> None:
            selection = await self._selection_of(tasks)
            dialog = LabelDialog(await self._rows_of(tasks), selection.words, self._window)
            dialog.chosen.connect(
                lambda added, removed: self._start(self._changes.label(selection, added=added, removed=removed))
            )
            dialog.open()

        self._context.background.start(ask(), name="ask for labels")

    def _ask_folder(self, tasks: list[Task]) -> None:
        async def ask() -> None:
            selection = await self._selection_of(tasks)
            folders = [folder.path for folder in await self._context.connection.client.task_folders()]
            current = {task.folder for task in selection.tasks}
            dialog = MoveDialog(
                selection.words,
                folders,
                current=current.pop() if len(current) == 1 and selection.filter is None else "",
                parent=self._window,
            )
            dialog.chosen.connect(lambda folder: self._start(self._changes.move(selection, folder)))
            dialog.open()

        self._context.background.start(ask(), name="ask for a folder")

    def ask_delete(self, tasks: list[Task]) -> None:
        """Ask, then delete tasks and their runs."""
        self._do(self._confirm_delete, tasks)

    async def _confirm_delete(self, selection: TaskSelection) -> None:
        if selection.count == 1 and selection.tasks:
            await self._confirm_delete_one(selection.tasks[0])
            return
        counted = await self._changes.count_deleted(selection)
        refused = check_changed(answer_of(counted))
        names = enumeration(task.name for task in selection.tasks[:5]) + (" …" if selection.count > 5 else "")
        dialog = ConfirmDialog(
            self._window,
            question=tr("Delete %1 tasks?", number(counted.changed)),
            effect=sentences(
                tr("The tasks, their schedules and their runs are deleted permanently: %1", names), refused
            ),
            verb=tr("Delete"),
            typed=str(counted.changed),
        )
        dialog.accepted.connect(lambda: self._start(self._delete(selection, at_most=counted.selected)))
        dialog.open()

    async def _confirm_delete_one(self, task: Task) -> None:
        runs = (await self._context.connection.client.list_runs(task_id=task.id, limit=1)).meta.total
        dialog = ConfirmDialog(
            self._window,
            question=tr("Delete %1?", task.name),
            effect=tr("The task, its schedule and its %1 runs are deleted permanently.", number(runs))
            if runs is not None
            else tr("The task, its schedule and its runs are deleted permanently."),
            verb=tr("Delete"),
            typed=task.name,
        )
        dialog.accepted.connect(lambda: self._start(self._delete_one(task)))
        dialog.open()

    async def _delete(self, selection: TaskSelection, *, at_most: int) -> None:
        self.said.emit(await self._changes.delete(selection, at_most=at_most))

    async def _delete_one(self, task: Task) -> None:
        # Its error names the tasks that depend on it.
        await self._context.connection.client.delete_task(task.id)
        self.said.emit(tr("1 task deleted."))
