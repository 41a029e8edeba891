"""The runs: live, newest first, with one of them beside the table."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut

from console.context import Context
from console.feeds.runs import RunEvent
from console.views.list_view import EmptyWords
from console.views.live_list import FetchPage
from console.views.live_list_view import LiveListView
from console.views.runs.actions import RunActions
from console.views.runs.model import run_columns
from console.views.runs.run_detail import RunDetail
from console.views.runs.run_filters import RunFilters, narrowing_of
from console.views.runs.worker_names import WorkerNames
from console.widgets.remembered_splitter import RememberedSplitter
from console.widgets.table_model import RowsModel
from console.words import number, tr
from shared.models.base import Page
from shared.models.run import Run
from shared.models.run_filter import RunFilter

_FOLLOW_MS = 150
"""A key that is held down passes rows without asking for each."""
_MERGE_MS = 200
_PAGE = 200
_MOST_AT_ONCE = 10_000
"""How many runs one action changes; totals are counted up to here, too."""
NEWEST_FIRST = "-id"


class RunsView(LiveListView[Run]):
    """A live table of runs; events are gathered and shown together a few times a second.

    Older runs come page by page as one scrolls. New ones come to the top, or wait behind a button while one has
    scrolled, points at a row or has marked several. `merged` follows each time that events were shown.
    """

    name = "runs"
    merged = Signal()
    model: RowsModel[Run]

    def __init__(self, context: Context) -> None:
        super().__init__(context, RunFilter())
        self._sort = NEWEST_FIRST
        self.run_actions = RunActions(context, self, wanted=lambda: self.wanted)
        self.run_actions.done.connect(self.refresher.request_now)
        self.run_actions.said.connect(self.said)
        self.run_actions.task_wanted.connect(lambda task_id: self.follow.emit("task", {"task": task_id}))
        self.filters = RunFilters(context.theme)
        self.filters.changed.connect(self.ask)
        self._workers = WorkerNames(context, self)
        self._workers.changed.connect(lambda: self.filters.offer_workers(self._workers.all()))
        model: RowsModel[Run] = RowsModel(run_columns(context.times), key=lambda run: run.id)
        self.set_up(model, self.filters.bar, self.run_actions.row_actions(), name=tr("Runs"))
        self.table.sort_wanted.connect(self._sort_by)
        self.table.opened.connect(lambda run: self.follow.emit("run", {"run": run.id}))
        self.table.clicked.connect(lambda index: self.open(self.model.rows[index.row()].id))
        self.selection_line = self.offer_whole_list(self._fetch_whole)
        self.watch_scrolling()
        self.detail = RunDetail(context)
        self.detail.setMinimumWidth(380)
        self.detail.closed.connect(self.close_detail)
        self.detail.retried.connect(self.open)
        self.detail.hide()
        self.tab_widgets.append(self.detail.tabs)
        self._splitter = RememberedSplitter(context.memory, "runs", self.card, self.detail, usual=(52, 48))
        self.page.addWidget(self.filters)
        self.page.addWidget(self._splitter, 1)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.close_detail)
        self._merging = QTimer(self)
        self._merging.setSingleShot(True)
        self._merging.setInterval(_MERGE_MS)
        self._merging.timeout.connect(self._merge)
        self.following = QTimer(self)
        self.following.setSingleShot(True)
        self.following.setInterval(_FOLLOW_MS)
        self.following.timeout.connect(self._follow_row)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self.following.start())
        context.feeds.runs.changed.connect(self._run_changed)

    def title(self) -> str:
        return tr("Runs")

    def focus_filter(self) -> None:
        """Put the keyboard into the filter, or from within a log into its search."""
        if self.detail.log.isAncestorOf(self.focusWidget() or self):
            self.detail.log.focus_search()
        else:
            super().focus_filter()

    def show_with(self, wanted: dict[str, Any]) -> None:
        """Open the run `run`, or narrow to what `narrowing_of` reads."""
        if "run" in wanted:
            self.open(int(wanted["run"]))
        narrowing = narrowing_of(wanted)
        if narrowing is not None:
            self.filters.replace(narrowing)

    def refresh(self) -> None:
        """Load the newest runs."""
        super().refresh()
        self._workers.want()

    def open(self, run_id: int) -> None:
        """Show one run beside the table."""
        if self.detail.isHidden():
            self.detail.show()
            self._splitter.restore()
        self.detail.show_run(run_id)
        place = self.model.row_of(run_id)
        if place is None:
            self.table.clearSelection()
        elif [run.id for run in self.table.selected()] != [run_id]:
            self.table.selectRow(place)

    def _follow_row(self) -> None:
        """Show the run that the keys have come to, while one is shown."""
        chosen = self.table.selected()
        if self.detail.isVisible() and self.table.hasFocus() and len(chosen) == 1:
            self.open(chosen[0].id)

    def close_detail(self) -> None:
        """Put the run away."""
        self.detail.hide()
        self.detail.put_away()

    @property
    def wanted(self) -> RunFilter:
        """What the person looks for."""
        return self.filters.wanted

    def count_words(self) -> str:
        """Return how many runs match."""
        shown, total = len(self.live.rows), self.live.total
        if total is None and self.live.next_cursor is not None:
            return tr("more than 10,000 runs")
        count = max(total or 0, shown)
        return tr("1 run") if count == 1 else tr("%1 runs", number(count))

    def empty_words(self) -> EmptyWords:
        """Return what is missing."""
        if self.wanted != RunFilter():
            return EmptyWords(tr("No matching runs."), tr("Show all runs"))
        return EmptyWords(
            tr("Runs appear here as they happen. Run a task now, or wait for its schedule."),
            tr("Go to tasks"),
        )

    def take_first_step(self) -> None:
        """Show all runs, or go where they come from."""
        if self.wanted != RunFilter():
            self.filters.clear()
        else:
            self.follow.emit("tasks", {})

    def ask(self) -> None:
        """Override LiveListView.ask: what was selected belongs to the former question."""
        self.selection_line.forget()
        super().ask()

    def show_rows(self) -> None:
        """Show the rows, and mark the run beside them if it has come among them."""
        super().show_rows()
        self.selection_line.show_total(self.live.total)
        place = self.model.row_of(self.detail.run_id) if self.detail.isVisible() else None
        if place is not None and not self.table.selected():
            flags = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().select(self.model.index(place, 0), flags.ClearAndSelect | flags.Rows)

    async def _fetch_whole(self) -> list[Run]:
        """Return all runs that match, loaded or not, up to as many as are counted."""
        fetch, found, cursor = self.current_fetch(), list[Run](), None
        while len(found) < _MOST_AT_ONCE:
            page = await fetch(cursor=cursor, limit=_PAGE)
            found += page.data
            cursor = page.meta.next_cursor
            if cursor is None:
                break
        return found

    def _run_changed(self, event: RunEvent) -> None:
        if not self.isVisible():
            self.mark_out_of_date()
            return
        self.live.receive(event.run)
        if event.run.id == self.detail.run_id:
            self.detail.refresh()
        if not self._merging.isActive():
            self._merging.start()

    def _merge(self) -> None:
        if self.live.merge(takes_new=not (self.is_scrolled or self.is_pointed_at or self.has_marked_several)):
            self.refresher.request()
        if self.live.is_newest_first:
            self.show_rows()
        self.merged.emit()

    def _sort_by(self, sort: str) -> None:
        self._sort = sort
        self.table.show_sort(sort)
        self.live.is_newest_first = sort == NEWEST_FIRST
        self.ask()

    def current_filter(self) -> RunFilter:
        """Return what is looked for."""
        return self.wanted

    def current_fetch(self) -> FetchPage[Run]:
        """Return how a page of runs is fetched."""
        query = _query(self.wanted, self._sort)

        async def fetch(*, cursor: str | None, limit: int) -> Page[Run]:
            return await self.context.connection.client.list_runs(**query, cursor=cursor, limit=limit)

        return fetch


def _newest_first(wanted: RunFilter) -> str:
    # The live list compares ids. The order of queueing is theirs, the order of the ends is another one.
    is_by_end = wanted.ended_since is not None or wanted.ended_until is not None
    return NEWEST_FIRST if is_by_end else wanted.newest_first


def _query(wanted: RunFilter, sort: str) -> Mapping[str, Any]:
    """Return the parameters of the API."""

    def moment(at: datetime | None) -> str | None:
        return None if at is None else at.isoformat()

    return {
        "status": sorted(wanted.statuses) or None,
        "task_id": wanted.task_id,
        "worker_id": wanted.worker_id,
        "trigger": wanted.trigger,
        "since": moment(wanted.since),
        "until": moment(wanted.until),
        "ended_since": moment(wanted.ended_since),
        "ended_until": moment(wanted.ended_until),
        "waiting_since": moment(wanted.waiting_since),
        "waiting_until": moment(wanted.waiting_until),
        "q": wanted.text or None,
        "sort": _newest_first(wanted) if sort == NEWEST_FIRST else sort,
    }
