"""The tasks: found, made, changed, run."""

from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from console.context import Context
from console.link.refresher import Refresher
from console.status_words import status_words
from console.theme.current import monospace
from console.theme.glyphs import GLYPH_OF, Glyph
from console.views.tasks.backfill_dialog import BackfillDialog
from console.views.tasks.editor import TaskEditor
from console.views.tasks.history_dialog import HistoryDialog
from console.views.tasks.known import load_known
from console.views.view import View
from console.widgets.confirm import ConfirmDialog
from console.widgets.data_table import DataTable, RowAction
from console.widgets.filter_bar import FilterBar
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import Column, RowsModel
from console.words import absolute, ago, duration, number, tr
from shared.client.stream import StreamEvent
from shared.enums import TaskStatus
from shared.models.task import Task

_PAGE = 500


def _glyph(task: Task) -> Glyph:
    if task.status is TaskStatus.PAUSED:
        return Glyph.RING_BAR
    return GLYPH_OF[task.last_run.status] if task.last_run else Glyph.RING


def _last(task: Task) -> str:
    if task.last_run is None:
        return tr("never")
    at = task.last_run.completed_at or task.last_run.started_at
    return f"{status_words(task.last_run.status)} {ago(at, datetime.now(UTC))}"


def task_columns() -> list[Column[Task]]:
    """Return the columns of the tasks' table."""
    return [
        Column(
            tr("Task"),
            lambda task: task.name,
            sort="name",
            glyph=_glyph,
            stretches=True,
            tooltip=lambda task: f"{task.name}\n{task.description or ''}".strip(),
        ),
        Column(
            tr("Folder"), lambda task: task.folder, widest="examples/pipeline", sort="folder", is_muted=True, goes_at=2
        ),
        Column(tr("Runs as"), lambda task: task.executor, widest="python", sort="executor", is_muted=True, goes_at=3),
        Column(
            tr("Schedule"),
            lambda task: task.schedule or "",
            widest="*/10 8-18 * * 1-5",
            font=monospace(),
            tooltip=lambda task: f"{task.schedule or ''} {task.timezone}",
        ),
        Column(
            tr("Next"),
            lambda task: tr("paused") if task.status is TaskStatus.PAUSED else ago(task.next_run_at, datetime.now(UTC)),
            widest="in 59 min",
            sort="next_run_at",
            is_muted=True,
            tooltip=lambda task: absolute(task.next_run_at),
        ),
        Column(
            tr("Last run"),
            _last,
            widest="Succeeded 59 min ago",
            is_muted=True,
            tooltip=lambda task: absolute(task.last_run.completed_at) if task.last_run else "",
        ),
        Column(
            tr("Took"),
            lambda task: duration(task.last_run.execution_time_ms) if task.last_run else "",
            widest="59.9 s",
            is_number=True,
            is_muted=True,
        ),
    ]


class TasksView(View):
    """A table of tasks with search, and the editor."""

    name = "tasks"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._sort = "name"
        self._cursor: str | None = None
        self._wanted: int | None = None
        self._refresher = Refresher(context.tasks, self._load, name="tasks", parent=self)
        self.filter = FilterBar(context.theme, tr("Search tasks  ( / )"))
        self._status = self.filter.add_choice(
            [(tr("All"), None), (tr("Active"), TaskStatus.ACTIVE), (tr("Paused"), TaskStatus.PAUSED)], tr("Status")
        )
        self._more = QPushButton(tr("Load more"))
        self._more.clicked.connect(self._load_more)
        self._more.hide()
        self.filter.add_widget(self._more)
        self.filter.changed.connect(self._refresher.request_now)
        self.model: RowsModel[Task] = RowsModel(task_columns(), key=lambda task: task.id)
        self.table = DataTable(self.model, context.theme, self._actions())
        self.table.show_sort(self._sort)
        self.table.sort_wanted.connect(self._sort_by)
        self.table.opened.connect(lambda task: self.edit(task))
        self.table.delete_wanted.connect(self._ask_delete)
        self._empty = EmptyState()
        self._empty.step.clicked.connect(lambda: self.edit(None))
        self._empty.hide()
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(1, 1, 1, 8)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._empty, 1)
        self.page.addWidget(self.filter)
        self.page.addWidget(card, 1)
        self._refresher.busy_changed.connect(lambda is_busy: self.table.set_stale(is_busy and not self.model.rows))
        context.link.state_changed.connect(lambda: self.table.set_stale(not context.link.is_online))

    def title(self) -> str:
        """Return the title."""
        return tr("Tasks")

    def primary_action(self) -> str:
        """Offer a new task."""
        return tr("New task")

    def do_primary_action(self) -> None:
        """Open the editor of a new task."""
        self.edit(None)

    def focus_filter(self) -> None:
        """Put the keyboard into the search."""
        self.filter.focus_line()

    def show_with(self, wanted: dict[str, object]) -> None:
        """Open the editor for `new` or for the task `edit`, or mark the one with the id `task`."""
        if wanted.get("new"):
            self.edit(None)
        if isinstance(task := wanted.get("edit"), Task):
            self.edit(task)
        task_id = wanted.get("task")
        if isinstance(task_id, int):
            self._wanted = task_id
            self._mark_wanted()

    def refresh(self) -> None:
        """Load the first page anew."""
        self._refresher.request()

    def hear(self, event: StreamEvent) -> None:
        """Load anew when a task changed or a run of one ended."""
        if event.type.startswith("task.") or event.type in ("run.finished", "run.started"):
            self.changed()

    def edit(self, task: Task | None) -> None:
        """Open the editor; the executors are asked for once."""
        self.context.tasks.start(self._edit(task), name="open editor")

    async def _edit(self, task: Task | None) -> None:
        client = self.context.link.client
        if task is not None:
            task = await client.get_task(task.id)
        known = await load_known(client, [edge.task_id for edge in task.depends_on] if task is not None else [])
        editor = TaskEditor(self.context, known, task, self)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.saved.connect(self._saved)
        editor.open()

    def _saved(self, task: Task) -> None:
        self._wanted = task.id
        self._refresher.request_now()

    def row_action(self, icon_name: str) -> RowAction[Task]:
        """Return the action with an icon."""
        return next(action for action in self.table.row_actions if action.icon_name == icon_name)

    def _actions(self) -> list[RowAction[Task]]:
        return [
            RowAction(lambda: tr("Run now"), "play", self._trigger),
            RowAction(
                lambda: tr("Pause the schedule"),
                "pause",
                lambda tasks: self._each("pause", tasks),
                applies=lambda task: task.status is TaskStatus.ACTIVE,
            ),
            RowAction(
                lambda: tr("Resume the schedule"),
                "drain",
                lambda tasks: self._each("resume", tasks),
                applies=lambda task: task.status is TaskStatus.PAUSED,
            ),
            RowAction(lambda: tr("Edit …"), "edit", lambda tasks: self.edit(tasks[0])),
            RowAction(
                lambda: tr("Show its runs"),
                "runs",
                lambda tasks: self.follow.emit("runs", {"task": tasks[0].id, "task_name": tasks[0].name}),
                on_hover=False,
            ),
            RowAction(
                lambda: tr("Run for past times …"),
                "retry",
                lambda tasks: BackfillDialog(self.context, tasks[0], self).open(),
                applies=lambda task: task.schedule is not None,
                on_hover=False,
            ),
            RowAction(lambda: tr("History …"), "overview", self._show_history, on_hover=False),
            RowAction(lambda: tr("Delete …"), "delete", self._ask_delete, on_hover=False),
        ]

    def _show_history(self, tasks: list[Task]) -> None:
        dialog = HistoryDialog(self.context, tasks[0], self)
        dialog.restored.connect(self._saved)
        dialog.open()

    def _trigger(self, tasks: list[Task]) -> None:
        self._each("trigger", tasks)

    def _each(self, verb: str, tasks: list[Task]) -> None:
        self.context.tasks.start(self._do_each(verb, tasks), name=f"{verb} tasks")

    async def _do_each(self, verb: str, tasks: list[Task]) -> None:
        client = self.context.link.client
        for task in tasks:
            if verb == "pause":
                await client.pause_task(task.id)
            elif verb == "resume":
                await client.resume_task(task.id)
            elif verb == "delete":
                await client.delete_task(task.id)
            else:
                run = await client.trigger_task(task.id)
                if len(tasks) == 1:
                    self.follow.emit("runs", {"run": run.id})
        self._refresher.request_now()

    def _ask_delete(self, tasks: list[Task]) -> None:
        self.context.tasks.start(self._confirm_delete(tasks), name="delete tasks")

    async def _confirm_delete(self, tasks: list[Task]) -> None:
        one = tasks[0]
        if len(tasks) == 1:
            runs = (await self.context.link.client.list_runs(task_id=one.id, limit=1)).meta.total
            question = tr("Delete %1?").replace("%1", one.name)
            effect = (
                tr("The task, its schedule and its %1 runs go for good.").replace("%1", number(runs))
                if runs is not None
                else tr("The task, its schedule and its runs go for good.")
            )
        else:
            question = tr("Delete %1 tasks?").replace("%1", number(len(tasks)))
            effect = tr("The tasks, their schedules and their runs go for good: %1").replace(
                "%1", ", ".join(task.name for task in tasks[:5]) + (" …" if len(tasks) > 5 else "")
            )
        typed = one.name if len(tasks) == 1 else str(len(tasks))
        dialog = ConfirmDialog(self, question=question, effect=effect, verb=tr("Delete"), typed=typed)
        dialog.accepted.connect(lambda: self._each("delete", tasks))
        dialog.open()

    def _sort_by(self, sort: str) -> None:
        self._sort = sort
        self.table.show_sort(sort)
        self._refresher.request_now()

    def _query(self) -> dict[str, Any]:
        return {
            "q": self.filter.text or None,
            "status": self._status.currentData(),
            "sort": self._sort,
            "limit": _PAGE,
        }

    async def _load(self) -> None:
        page = await self.context.link.client.list_tasks(**self._query())
        self._cursor = page.meta.next_cursor
        self.model.set_rows(page.data)
        self._say(page.meta.total)
        self._mark_wanted()

    def _load_more(self) -> None:
        self.context.tasks.start(self._append(), name="more tasks")

    async def _append(self) -> None:
        if self._cursor is None:
            return
        page = await self.context.link.client.list_tasks(**self._query(), cursor=self._cursor)
        self._cursor = page.meta.next_cursor
        self.model.set_rows([*self.model.rows, *page.data])
        self._say(page.meta.total)

    def _say(self, total: int | None) -> None:
        shown = len(self.model.rows)
        self._more.setVisible(self._cursor is not None)
        words = tr("1 task") if shown == 1 else tr("%1 tasks").replace("%1", number(shown))
        if total is not None and total > shown:
            words = tr("%1 of %2 tasks").replace("%1", number(shown)).replace("%2", number(total))
        self.filter.say(words)
        self.table.setVisible(shown > 0)
        self._empty.setVisible(shown == 0)
        if self.filter.text or self._status.currentData():
            self._empty.say(tr("No task fits what you look for."))
        else:
            self._empty.say(
                tr("Tasks are listed here: a command, when it runs, and what to do when it fails."),
                tr("Create the first task"),
            )

    def _mark_wanted(self) -> None:
        place = self.model.row_of(self._wanted) if self._wanted is not None else None
        if place is not None:
            self._wanted = None
            self.table.selectRow(place)
            self.table.scrollTo(self.model.index(place, 0))
