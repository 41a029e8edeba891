"""The list of tasks: folders, search, table and footer, over any number of them."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.connection.refresher import Refresher
from console.context import Context
from console.views.tasks.filter_menu import FilterMenu
from console.views.tasks.folder_tree import FolderTree
from console.views.tasks.model import task_columns
from console.views.tasks.outcomes import RecentOutcomes
from console.views.tasks.saved_filters import SavedFilter
from console.views.tasks.search_words import asked
from console.views.tasks.selection_footer import SelectionFooter
from console.widgets.data_table import DataTable
from console.widgets.filter_bar import FilterBar
from console.widgets.page_loader import PageLoader
from console.widgets.paged_model import PagedModel
from console.widgets.remembered_splitter import RememberedSplitter
from console.widgets.row_action import RowAction
from console.widgets.surfaces import Card, EmptyState
from console.words import number, tr
from shared.enums import TaskStatus
from shared.models.base import Page
from shared.models.task import Task

_MOST_AT_ONCE = 500
_GREY_AFTER_MS = 100
_FOLDERS_REST_MS = 2_000


class TaskList(QWidget):
    """Shows what is looked for; `create_wanted` and `import_wanted` are the first steps of an empty list."""

    create_wanted = Signal()
    import_wanted = Signal()

    def __init__(
        self, context: Context, actions: Sequence[RowAction[Task]], *, on_selection: Sequence[str], parent: QWidget
    ) -> None:
        """`on_selection` has the ids of the actions that the footer offers for the selection."""
        super().__init__(parent)
        self.context = context
        self._sort = "name"
        self._wanted: int | None = None
        self.outcomes = RecentOutcomes(context, self)
        self.model: PagedModel[Task] = PagedModel(task_columns(self.outcomes, context.times), key=lambda task: task.id)
        self.loader: PageLoader[Task] = PageLoader(
            context.background, self.model, fetch=self._fetch, count=self._count, name="tasks", parent=self
        )
        self._folders = Refresher(
            context.background, self._load_folders, name="folders", rest_ms=_FOLDERS_REST_MS, parent=self
        )
        self.filter = FilterBar(context.theme, tr("Search tasks  ( / )"))
        self.filter.setToolTip(tr("Text, or label:team=ops, executor:http, priority:high, type:gpu"))
        self._status = self.filter.add_choice(
            [(tr("All"), None), (tr("Active"), TaskStatus.ACTIVE), (tr("Paused"), TaskStatus.PAUSED)], tr("Status")
        )
        self.table = DataTable(self.model, context.theme, actions)
        self.table.offer_columns(context.memory, "tasks")
        self.table.show_sort(self._sort)
        self.tree = FolderTree(context.memory, context.theme)
        self.menu = FilterMenu(context, self.table, current=self._as_saved)
        self.filter.add_widget(self.menu.button)
        several = [self.table.row_action(action_id) for action_id in on_selection]
        self.footer = SelectionFooter(context.theme, self.table, several)
        self.empty = EmptyState()
        self.empty.hide()
        self._greying = QTimer(self)
        self._greying.setSingleShot(True)
        self._greying.setInterval(_GREY_AFTER_MS)
        self._place_all()
        self._connect_all()

    def _place_all(self) -> None:
        folders, tasks = Card(), Card()
        for card in (folders, tasks):
            card.title.hide()
            card.aside.hide()
            card.body.setSpacing(0)
            card.body.setContentsMargins(1, 1, 1, 1)
        folders.body.setContentsMargins(4, 4, 1, 4)
        folders.body.addWidget(self.tree, 1)
        tasks.body.addWidget(self.table, 1)
        tasks.body.addWidget(self.empty, 1)
        tasks.body.addWidget(self.footer)
        self.splitter = RememberedSplitter(self.context.memory, "tasks", folders, tasks, usual=(1, 5))
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setCollapsible(0, True)
        folders.setMinimumWidth(120)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.filter)
        layout.addWidget(self.splitter, 1)

    def _connect_all(self) -> None:
        context = self.context
        self.filter.changed.connect(self._ask)
        self.tree.chosen.connect(lambda _path: self._ask())
        self.menu.chosen.connect(self.use_filter)
        self.menu.import_wanted.connect(self.import_wanted)
        self.table.sort_wanted.connect(self._sort_by)
        self.table.rows_seen.connect(self.loader.see)
        self.table.rows_seen.connect(lambda *_: self._want_outcomes())
        self.loader.loaded.connect(self._loaded)
        self.loader.question_answered.connect(self._answered)
        self.outcomes.changed.connect(self.table.viewport().update)
        self.empty.step.clicked.connect(self._first_step)
        self.empty.other.clicked.connect(self.import_wanted)
        self._greying.timeout.connect(lambda: self.table.set_stale(True))
        context.connection.state_changed.connect(lambda: self.table.set_stale(not context.connection.is_online))
        context.connection.resynced.connect(self.outcomes.forget)

    def refresh(self, *, now: bool = False) -> None:
        """Load what is seen anew."""
        self.loader.refresh(now=now)
        if now:
            self._folders.request_now()
        else:
            self._folders.request()

    async def _fetch(self, *, cursor: str | None, skip: int, limit: int) -> Page[Task]:
        return await self.context.connection.client.list_tasks(
            **self._question(), sort=self._sort, cursor=cursor, skip=skip or None, limit=limit
        )

    async def _count(self) -> int:
        return await self.context.connection.client.count_tasks(**self._question())

    def _question(self) -> dict[str, Any]:
        return asked(self.filter.text, folder=self.tree.path, status=self._status.currentData())

    async def _load_folders(self) -> None:
        self.tree.show_folders(await self.context.connection.client.task_folders())

    def _ask(self) -> None:
        self._greying.start()
        self.loader.ask()

    def _sort_by(self, sort: str) -> None:
        self._sort = sort
        self.table.show_sort(sort)
        self._ask()

    def _answered(self) -> None:
        self.table.verticalScrollBar().setValue(0)

    def _loaded(self) -> None:
        self._greying.stop()
        self.table.set_stale(not self.context.connection.is_online)
        total = self.model.rowCount()
        self.footer.say(tr("1 task") if total == 1 else tr("%1 tasks", number(total)))
        self._say_if_empty(total)
        self._mark_wanted()
        self._want_outcomes()

    def _want_outcomes(self) -> None:
        first = max(self.table.rowAt(0), 0)
        last = first + self.table.viewport().height() // self.table.rowHeight(0) + 1 if self.model.rowCount() else first
        rows = [self.model.row_at(place) for place in range(first, min(last, self.model.rowCount() - 1) + 1)]
        self.outcomes.want(task.id for task in rows if task is not None and task.last_run is not None)

    def _say_if_empty(self, total: int) -> None:
        self.table.setVisible(total > 0)
        self.empty.setVisible(total == 0)
        if total:
            return
        if any(value is not None for value in self._question().values()):
            self.empty.say(tr("No matching tasks."), tr("Show all tasks"))
        else:
            self.empty.say(
                tr("A task is a command, its schedule, and what happens when it fails. Your tasks appear here."),
                tr("Create a task"),
                tr("Import a crontab…"),
            )

    def _first_step(self) -> None:
        if any(value is not None for value in self._question().values()):
            self.use_filter(SavedFilter(name="", sort=self._sort))
        else:
            self.create_wanted.emit()

    def use_filter(self, wanted: SavedFilter) -> None:
        """Look for what a saved filter says."""
        self._sort = wanted.sort
        self.table.show_sort(wanted.sort)
        for widget in (self.tree, self.filter, self._status):
            widget.blockSignals(True)
        self.tree.select(wanted.folder)
        self.filter.set_text(wanted.text)
        self._status.setCurrentIndex(max(self._status.findData(wanted.status), 0))
        for widget in (self.tree, self.filter, self._status):
            widget.blockSignals(False)
        self._ask()

    def _as_saved(self, name: str) -> SavedFilter:
        return SavedFilter(
            name=name,
            text=self.filter.text,
            folder=self.tree.path,
            status=self._status.currentData(),
            sort=self._sort,
        )

    async def find_task(self, task_id: int) -> None:
        """Mark a task; one that is not near is looked for by its name."""
        self._wanted = task_id
        if self.model.row_of(task_id) is None:
            task = await self.context.connection.client.get_task(task_id)
            self.use_filter(SavedFilter(name="", text=task.name, sort=self._sort))
        self._mark_wanted()

    def mark(self, task_id: int) -> None:
        """Select a task as soon as it is among the rows that are loaded."""
        self._wanted = task_id
        self.refresh(now=True)

    def _mark_wanted(self) -> None:
        place = self.model.row_of(self._wanted) if self._wanted is not None else None
        if place is not None:
            self._wanted = None
            self.table.selectRow(place)
            self.table.scrollTo(self.model.index(place, 0))

    async def whole_selection(self, tasks: list[Task]) -> list[Task]:
        """Return `tasks`, or where they stand for a selection beyond the rows that are loaded, all of it."""
        places = self.table.selected_places()
        if len(tasks) < 2 or len(places) == len(self.table.selected()):
            return tasks
        first, wanted = places[0], set(places)
        question, sort = self._question(), self._sort
        found: list[Task] = []
        cursor: str | None = None
        place = first
        while place <= places[-1]:
            page = await self.context.connection.client.list_tasks(
                **question, sort=sort, cursor=cursor, skip=None if cursor else first or None, limit=_MOST_AT_ONCE
            )
            found += [task for at, task in enumerate(page.data, place) if at in wanted]
            place += len(page.data)
            cursor = page.meta.next_cursor
            if cursor is None:
                break
        return found
