"""The tasks: found, made, changed, run."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt

from console.actions import Action
from console.context import Context
from console.feeds.runs import RunEvent
from console.subscriptions import subscription_actions
from console.views.tasks.actions import ACTIONS_ON_SELECTION, TaskActionId, TaskActions
from console.views.tasks.backfill_dialog import BackfillDialog
from console.views.tasks.crontab_dialog import CrontabDialog
from console.views.tasks.editor import TaskEditor
from console.views.tasks.history_dialog import HistoryDialog
from console.views.tasks.known import load_known
from console.views.tasks.label_dialog import LabelDialog
from console.views.tasks.task_list import TaskList
from console.views.view import View
from console.widgets.confirm import ConfirmDialog
from console.widgets.row_action import RowAction
from console.words import number, tr
from shared.enums import EventType, TaskStatus
from shared.models.task import Task


class TasksView(View):
    """The list, and what a person does to what is in it."""

    name = "tasks"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.doing = TaskActions(context, self)
        self.list = TaskList(context, self._actions(), on_selection=ACTIONS_ON_SELECTION, parent=self)
        self.model, self.table, self.filter = self.list.model, self.list.table, self.list.filter
        self.add_tables(self.table)
        self.filter_bars.append(self.filter)
        self.page.addWidget(self.list, 1)
        context.feeds.runs.changed.connect(self._run_changed)
        context.feeds.tasks.changed.connect(self.changed)
        self.table.opened.connect(lambda task: self.edit(task))
        self.table.delete_wanted.connect(self._ask_delete)
        self.list.create_wanted.connect(lambda: self.edit(None))
        self.list.import_wanted.connect(self.import_crontab)
        progress = self.list.footer.progress
        self.doing.progressed.connect(progress.show_progress)
        self.doing.done.connect(progress.hide)
        progress.cancelled.connect(self.doing.cancel)

    def title(self) -> str:
        """Return the title."""
        return tr("Tasks")

    def primary_action(self) -> str:
        """Offer a new task."""
        return tr("New task")

    def do_primary_action(self) -> None:
        """Open the editor of a new task."""
        self.edit(None)

    def commands(self) -> list[Action]:
        """Add what concerns the list as a whole, and the saved filters."""
        found = super().commands()
        group = self.title()
        found.append(Action("tasks.import", tr("Import a crontab…"), self.import_crontab, group=group, icon_name="add"))
        found.append(
            Action(
                "tasks.save_filter", tr("Save this filter…"), self.list.menu.ask_name, group=group, icon_name="search"
            )
        )
        for one in self.list.menu.filters.all():
            words = tr("Filter: %1", one.name)
            found.append(
                Action(
                    f"tasks.filter.{one.name}",
                    words,
                    lambda one=one: self.list.use_filter(one),  # type: ignore[misc]
                    group=group,
                    icon_name="search",
                )
            )
        return found

    def focus_filter(self) -> None:
        """Put the keyboard into the search."""
        self.filter.focus_line()

    def show_with(self, wanted: dict[str, object]) -> None:
        """Open the editor for `new` or the task `edit`, the import for `import`, or mark the one with the id `task`."""
        if wanted.get("new"):
            self.edit(None)
        if isinstance(task := wanted.get("edit"), Task):
            self.edit(task)
        if wanted.get("import"):
            self.import_crontab()
        task_id = wanted.get("task")
        if isinstance(task_id, int):
            self.context.background.start(self.list.find_task(task_id), name="find task")

    def refresh(self) -> None:
        """Load what is seen anew."""
        self.list.refresh()

    def _run_changed(self, event: RunEvent) -> None:
        """Load the task of a run again, if it is near the view."""
        if event.type not in (EventType.RUN_CREATED, EventType.RUN_STARTED, EventType.RUN_FINISHED):
            return
        if not self.isVisible():
            self.changed()
        elif self.model.row_of(event.run.task_id) is not None:
            self.list.loader.refresh()

    # what can be done

    def edit(self, task: Task | None) -> None:
        """Open the editor; the executors are asked for once."""
        self.context.background.start(self._edit(task), name="open editor")

    async def _edit(self, task: Task | None) -> None:
        client = self.context.connection.client
        if task is not None:
            task = await client.get_task(task.id)
        known = await load_known(client, [edge.task_id for edge in task.depends_on] if task is not None else [])
        editor = TaskEditor(self.context, known, task, self)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.saved.connect(self._saved)
        editor.open()

    def _saved(self, task: Task) -> None:
        self.list.mark(task.id)

    def import_crontab(self) -> None:
        """Open the import of a crontab."""
        dialog = CrontabDialog(self.context, self)
        dialog.made.connect(lambda: self.list.refresh(now=True))
        dialog.open()

    def _actions(self) -> list[RowAction[Task]]:
        return [
            RowAction(
                id=TaskActionId.RUN_NOW,
                text=lambda: tr("Run now"),
                do=lambda tasks: self._do(self._trigger, tasks),
                icon_name="play",
            ),
            RowAction(
                id=TaskActionId.PAUSE,
                text=lambda: tr("Pause schedule"),
                do=lambda tasks: self._do(self.doing.pause, tasks),
                icon_name="pause",
                applies=lambda task: task.status is TaskStatus.ACTIVE,
            ),
            RowAction(
                id=TaskActionId.RESUME,
                text=lambda: tr("Resume schedule"),
                do=lambda tasks: self._do(self.doing.resume, tasks),
                icon_name="drain",
                applies=lambda task: task.status is TaskStatus.PAUSED,
            ),
            RowAction(
                id=TaskActionId.EDIT,
                text=lambda: tr("Edit…"),
                do=lambda tasks: self.edit(tasks[0]),
                icon_name="edit",
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
                do=lambda tasks: BackfillDialog(self.context, tasks[0], self).open(),
                icon_name="retry",
                applies=lambda task: task.schedule is not None,
                on_hover=False,
            ),
            RowAction(
                id=TaskActionId.LABEL,
                text=lambda: tr("Labels…"),
                do=lambda tasks: self._do(self._ask_labels, tasks),
                icon_name="label",
                on_hover=False,
            ),
            RowAction(
                id=TaskActionId.HISTORY,
                text=lambda: tr("Versions…"),
                do=self._show_history,
                icon_name="time",
                on_hover=False,
            ),
            *subscription_actions(self.context.memory),
            RowAction(
                id=TaskActionId.DELETE,
                text=lambda: tr("Delete…"),
                do=self._ask_delete,
                icon_name="delete",
                on_hover=False,
            ),
        ]

    def _show_history(self, tasks: list[Task]) -> None:
        dialog = HistoryDialog(self.context, tasks[0], self)
        dialog.restored.connect(self._saved)
        dialog.open()

    def _do(self, what: Callable[[list[Task]], Coroutine[Any, Any, object]], tasks: list[Task]) -> None:
        async def whole() -> None:
            await what(await self.list.whole_selection(tasks))
            self.list.refresh(now=True)

        self.context.background.start(whole(), name="act on tasks")

    async def _trigger(self, tasks: list[Task]) -> None:
        runs = await self.doing.trigger(tasks)
        if len(runs) == 1:
            self.follow.emit("runs", {"run": runs[0].id})

    async def _ask_labels(self, tasks: list[Task]) -> None:
        dialog = LabelDialog(tasks, self)
        dialog.chosen.connect(
            lambda added, removed: self._do(lambda _tasks: self.doing.label(tasks, added=added, removed=removed), [])
        )
        dialog.open()

    def _ask_delete(self, tasks: list[Task]) -> None:
        self._do(self._confirm_delete, tasks)

    async def _confirm_delete(self, tasks: list[Task]) -> None:
        one = tasks[0]
        if len(tasks) == 1:
            runs = (await self.context.connection.client.list_runs(task_id=one.id, limit=1)).meta.total
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
                ", ".join(task.name for task in tasks[:5]) + (" …" if len(tasks) > 5 else ""),
            )
        typed = one.name if len(tasks) == 1 else str(len(tasks))
        dialog = ConfirmDialog(self, question=question, effect=effect, verb=tr("Delete"), typed=typed)
        dialog.accepted.connect(lambda: self._do(lambda _tasks: self.doing.delete(tasks), []))
        dialog.open()
