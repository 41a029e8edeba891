"""The tasks: folders, search, table and footer, over any number of them."""

from typing import Any

from PySide6.QtWidgets import QComboBox

from console.actions import Action
from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from console.views.list_view import EmptyWords, ListView, changes_words
from console.views.tasks.actions import ACTIONS_ON_SELECTION, TaskActionId, TaskActions
from console.views.tasks.changes import TaskSelection
from console.views.tasks.filter_menu import FilterMenu
from console.views.tasks.folder_tree import FolderTree
from console.views.tasks.model import task_columns
from console.views.tasks.outcomes import RecentOutcomes
from console.views.tasks.saved_filters import SavedFilter
from console.views.tasks.search_words import asked
from console.widgets.filter_bar import FilterBar
from console.widgets.page_loader import PageLoader
from console.widgets.paged_model import PagedModel
from console.widgets.remembered_splitter import RememberedSplitter
from console.widgets.selection_line import SelectionLine
from console.widgets.surfaces import Card
from console.words import number, tr
from shared.enums import EventType, Permission, TaskStatus
from shared.models.base import Page
from shared.models.task import Task
from shared.models.task_filter import TaskFilterFields

_MOST_AT_ONCE = 500
_FOLDERS_REST_MS = 2_000


class TasksView(ListView[Task]):
    """Any number of tasks, of which those near the view are loaded."""

    name = "tasks"
    model: PagedModel[Task]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.sort_order = "name"
        self._wanted: int | None = None
        self.outcomes = RecentOutcomes(context, self)
        model: PagedModel[Task] = PagedModel(task_columns(self.outcomes, context.times), key=lambda task: task.id)
        self.loader: PageLoader[Task] = PageLoader(
            context.background,
            model,
            fetch=self._fetch,
            count=self._count,
            name="tasks",
            parent=self,
            holds_still=lambda: self.holds_still,
            in_place=lambda: self.table.holding_still(),
        )
        self._folders = Refresher(
            context.background, self._load_folders, name="folders", rest_ms=_FOLDERS_REST_MS, parent=self
        )
        self.task_actions = TaskActions(context, self, selection_of=self.selection_of, rows_of=self.rows_of)
        self.task_actions.follow.connect(self.follow)
        self.task_actions.said.connect(self.said)
        self.task_actions.done.connect(self.refresh_now)
        self.task_actions.saved.connect(self.mark)
        bar = FilterBar(context.theme, tr("Search tasks  ( / )"))
        bar.setToolTip(tr("Text, or label:team=ops, executor:http, priority:high, type:gpu"))
        self.status: QComboBox = bar.add_choice(
            [(tr("Any status"), None), (tr("Active"), TaskStatus.ACTIVE), (tr("Paused"), TaskStatus.PAUSED)],
            tr("Status"),
        )
        self.set_up(model, bar, self.task_actions.row_actions(), name=tr("Tasks"))
        self.table.offer_columns(context.memory, "tasks")
        self.table.show_sort(self.sort_order)
        self.tree = FolderTree(context.memory, context.theme)
        self.menu = FilterMenu(context, self.table, current=self._as_saved)
        self.filter.add_widget(self.menu.button)
        several = [self.table.row_action(action_id) for action_id in ACTIONS_ON_SELECTION]
        self.footer = SelectionLine(context.theme, self.table, several)
        self._place_all()
        self._connect_all()

    def _place_all(self) -> None:
        folders = Card()
        folders.title.hide()
        folders.aside.hide()
        folders.setMinimumWidth(160)
        for card in (folders, self.card):
            card.body.setSpacing(0)
        folders.body.setContentsMargins(4, 4, 1, 4)
        folders.body.addWidget(self.tree, 1)
        self.card.body.setContentsMargins(1, 1, 1, 1)
        self.card.body.addWidget(self.footer)
        self.splitter = RememberedSplitter(self.context.memory, "tasks", folders, self.card, usual=(1, 5))
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setCollapsible(0, True)
        self.page.addWidget(self.filter)
        self.page.addWidget(self.splitter, 1)

    def _connect_all(self) -> None:
        context, actions = self.context, self.task_actions
        self.filter.changed.connect(self.ask)
        self.tree.chosen.connect(lambda _path: self.ask())
        self.menu.chosen.connect(self.use_filter)
        self.menu.import_wanted.connect(actions.import_crontab)
        self.table.opened.connect(lambda task: self.follow.emit("task", {"task": task.id}))
        delete = self.table.row_action(TaskActionId.DELETE)
        self.table.delete_wanted.connect(lambda tasks: self.table.act(delete, tasks))
        context.permissions.changed.connect(self.footer.show_selection)
        context.permissions.changed.connect(self.show_state)
        self.table.sort_wanted.connect(self._sort_by)
        self.table.rows_seen.connect(self.loader.see)
        self.table.rows_seen.connect(lambda *_: self._want_outcomes())
        self.loader.loaded.connect(self._show_loaded)
        self.loader.question_answered.connect(self.table.scrollToTop)
        self.outcomes.changed.connect(self.table.viewport().update)
        self.empty.other.clicked.connect(actions.import_crontab)
        actions.busy.connect(self.footer.show_busy)
        context.connection.resynced.connect(self.outcomes.forget)
        context.feeds.runs.changed.connect(self._run_changed)
        context.feeds.tasks.changed.connect(self.changed)

    def title(self) -> str:
        return tr("Tasks")

    def primary_action(self) -> str:
        """Offer a new task."""
        return tr("New task")

    def primary_refusal(self) -> str:
        """Return why the user may create no task."""
        return self.context.permissions.why_nowhere(Permission.EDIT)

    def do_primary_action(self) -> None:
        """Open the editor of a new task."""
        self.task_actions.edit(None)

    def commands(self) -> list[Action]:
        """Add what concerns the list as a whole, and the saved filters."""
        group = self.title()
        return [
            *super().commands(),
            Action(
                "tasks.import", tr("Import a crontab…"), self.task_actions.import_crontab, group=group, icon_name="add"
            ),
            Action(
                "tasks.edit_selected",
                tr("Edit the selected tasks…"),
                self._edit_selected,
                group=group,
                shortcuts=("E",),
                icon_name="edit",
                is_enabled=lambda: self.context.connection.is_online and bool(self.table.selected()),
            ),
            Action("tasks.save_filter", tr("Save this filter…"), self.menu.ask_name, group=group, icon_name="search"),
            *(
                Action(
                    f"tasks.filter.{one.name}",
                    tr("Filter: %1", one.name),
                    lambda one=one: self.use_filter(one),  # type: ignore[misc]
                    group=group,
                    icon_name="search",
                )
                for one in self.menu.filters.all()
            ),
        ]

    def show_with(self, wanted: dict[str, object]) -> None:
        """Open the editor for `new` or the task `edit`, the import for `import`, or mark the one with the id `task`.

        `folder` and `label` replace the filters.
        """
        if wanted.get("new"):
            self.task_actions.edit(None)
        if isinstance(task := wanted.get("edit"), Task):
            self.task_actions.edit(task)
        if wanted.get("import"):
            self.task_actions.import_crontab()
        if "folder" in wanted:
            self.use_filter(SavedFilter(name="", folder=str(wanted["folder"]), sort=self.sort_order))
        if "label" in wanted:
            self.use_filter(SavedFilter(name="", text=f"label:{wanted['label']}", sort=self.sort_order))
        task_id = wanted.get("task")
        if isinstance(task_id, int):
            self.context.background.start(self.find_task(task_id), name="find task")

    def refresh(self) -> None:
        """Load what is seen."""
        self.loader.refresh(now=True)
        self._folders.request()

    def follow_change(self) -> None:
        """Load what is seen again; no row moves under the pointer."""
        self.loader.refresh()
        self._folders.request()

    def show_waiting(self) -> None:
        """Show the tasks as they are now."""
        self.loader.refresh(now=True)

    def refresh_now(self) -> None:
        """Load what is seen, after a change that a person made."""
        self.loader.refresh(now=True)
        self._folders.request_now()

    def ask(self) -> None:
        """Show the answer to another question: other filters, another order."""
        self.question_asked()
        self.loader.ask()

    @property
    def is_narrowed(self) -> bool:
        """Whether a person looks for some tasks only."""
        return any(value is not None for value in self._query().values())

    def count_words(self) -> str:
        """Return how many tasks match."""
        total = self.model.rowCount()
        return tr("1 task") if total == 1 else tr("%1 tasks", number(total))

    def show_count(self, words: str) -> None:
        """Show the count in the footer."""
        self.footer.show_count(words)

    def empty_words(self) -> EmptyWords:
        """Return what is missing."""
        if self.is_narrowed:
            return EmptyWords(tr("No matching tasks."), tr("Show all tasks"))
        refusal = self.primary_refusal()
        return EmptyWords(
            tr("A task is a command, its schedule, and what happens when it fails. Your tasks appear here."),
            tr("Create a task"),
            tr("Import a crontab…"),
            refusal,
        )

    def take_first_step(self) -> None:
        """Show all tasks, or create the first."""
        if self.is_narrowed:
            self.use_filter(SavedFilter(name="", sort=self.sort_order))
        else:
            self.task_actions.edit(None)

    def _edit_selected(self) -> None:
        self.table.act(self.table.row_action(TaskActionId.EDIT), self.table.selected())

    def _run_changed(self, event: RunEvent) -> None:
        """Load the task of a run again, if it is near the view."""
        if event.type not in (EventType.RUN_CREATED, EventType.RUN_STARTED, EventType.RUN_FINISHED):
            return
        if not self.isVisible():
            self.changed()
        elif self.model.row_of(event.run.task_id) is not None:
            self.loader.refresh()

    def _show_loaded(self) -> None:
        self.question_answered()
        self.show_state(waiting_words=changes_words(self.loader.changes))
        self._mark_wanted()
        self._want_outcomes()
        self.loaded.emit()

    async def _fetch(self, *, cursor: str | None, skip: int, limit: int) -> Page[Task]:
        return await self.context.connection.client.list_tasks(
            **self._query(), sort=self.sort_order, cursor=cursor, skip=skip or None, limit=limit
        )

    async def _count(self) -> int:
        return await self.context.connection.client.count_tasks(**self._query())

    def _query(self) -> dict[str, Any]:
        return asked(self.filter.text, folder=self.tree.path, status=self.status.currentData())

    async def _load_folders(self) -> None:
        self.tree.show_folders(await self.context.connection.client.task_folders())

    def _sort_by(self, sort: str) -> None:
        self.sort_order = sort
        self.table.show_sort(sort)
        self.ask()

    def _want_outcomes(self) -> None:
        first = max(self.table.rowAt(0), 0)
        last = first + self.table.viewport().height() // self.table.rowHeight(0) + 1 if self.model.rowCount() else first
        rows = [self.model.row_at(place) for place in range(first, min(last, self.model.rowCount() - 1) + 1)]
        self.outcomes.want(task.id for task in rows if task is not None and task.last_run is not None)

    def use_filter(self, wanted: SavedFilter) -> None:
        """Look for what a saved filter says."""
        self.sort_order = wanted.sort
        self.table.show_sort(wanted.sort)
        for widget in (self.tree, self.filter, self.status):
            widget.blockSignals(True)
        self.tree.select(wanted.folder)
        self.filter.set_text(wanted.text)
        self.status.setCurrentIndex(max(self.status.findData(wanted.status), 0))
        for widget in (self.tree, self.filter, self.status):
            widget.blockSignals(False)
        self.ask()

    def _as_saved(self, name: str) -> SavedFilter:
        return SavedFilter(
            name=name,
            text=self.filter.text,
            folder=self.tree.path,
            status=self.status.currentData(),
            sort=self.sort_order,
        )

    async def find_task(self, task_id: int) -> None:
        """Mark a task; one that is not near is looked for by its name."""
        self._wanted = task_id
        if self.model.row_of(task_id) is None:
            task = await self.context.connection.client.get_task(task_id)
            self.use_filter(SavedFilter(name="", text=task.name, sort=self.sort_order))
        self._mark_wanted()

    def mark(self, task_id: int) -> None:
        """Select a task as soon as it is among the rows that are loaded."""
        self._wanted = task_id
        self.refresh_now()

    def _mark_wanted(self) -> None:
        place = self.model.row_of(self._wanted) if self._wanted is not None else None
        if place is not None:
            self._wanted = None
            self.table.selectRow(place)
            self.table.scrollTo(self.model.index(place, 0))

    async def selection_of(self, tasks: list[Task]) -> TaskSelection:
        """Return a selection of `tasks`, or where they stand for more than the rows that are loaded, of all that match.

        Where a part of the list is selected that is not loaded, its tasks are read first.
        """
        places = self.table.selected_places()
        if len(tasks) < 2 or len(places) == len(self.table.selected()):
            return TaskSelection.of(tasks)
        if len(places) == self.model.rowCount():
            wanted = {name: value for name, value in self._query().items() if value is not None}
            return TaskSelection(tasks, len(places), TaskFilterFields.model_validate(wanted))
        return TaskSelection.of(await self.rows_of(tasks))

    async def rows_of(self, tasks: list[Task]) -> list[Task]:
        """Return `tasks`, or where they stand for a selection beyond the rows that are loaded, all of it."""
        places = self.table.selected_places()
        if len(tasks) < 2 or len(places) == len(self.table.selected()):
            return tasks
        first, wanted = places[0], set(places)
        question, sort = self._query(), self.sort_order
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
