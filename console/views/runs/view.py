"""The runs: live, newest first, with one of them beside the table."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut

from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from console.views.runs.actions import RunActions
from console.views.runs.live_rows import MOST_ROWS, Pages, RunFilter, merge, reloaded
from console.views.runs.model import run_columns
from console.views.runs.run_detail import RunDetail
from console.views.runs.run_filters import RunFilters, narrowing_of
from console.views.view import View
from console.widgets.data_table import DataTable
from console.widgets.remembered_splitter import RememberedSplitter
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import RowsModel
from console.words import number, tr
from shared.models.run import Run

_PAGE = 200
_PAGE_ANEW = 500
_NEAR_END_ROWS = 40
_MERGE_MS = 200
_TICK_MS = 1000
NEWEST_FIRST = "-id"


class RunsView(View):
    """A live table of runs; events are gathered and shown together a few times a second.

    Older runs come page by page as one scrolls. New ones come to the top, or wait behind a button while one has
    scrolled, points at a row or has marked several. To load anew takes nobody from the place that he reads.
    """

    name = "runs"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._heard: list[Run] = []
        self._meanwhile: list[list[Run]] = []
        self._waiting: dict[int, Run] = {}
        self._pages = Pages()
        self._sort = NEWEST_FIRST
        self._question, self._answered = 0, -1
        self._total: int | None = None
        self._refresher = Refresher(context.background, self._load, name="runs", parent=self)
        self._older = Refresher(context.background, self._load_older, name="older runs", rest_ms=0, parent=self)
        self.detail = RunDetail(context)
        self.filters = RunFilters(context.theme)
        self.filter_bars.append(self.filters.bar)
        self.tab_widgets.append(self.detail.tabs)
        self.filters.changed.connect(self._refilter)
        self.filters.new.clicked.connect(self._take_new)
        self.run_actions = RunActions(context, self)
        self.run_actions.done.connect(self._refresher.request_now)
        self.run_actions.task_wanted.connect(lambda task_id: self.follow.emit("tasks", {"task": task_id}))
        self.model: RowsModel[Run] = RowsModel(run_columns(), key=lambda run: run.id)
        self.table = DataTable(self.model, context.theme, self.run_actions.row_actions())
        self.add_tables(self.table)
        self.table.sort_wanted.connect(self._sort_by)
        self.table.opened.connect(lambda run: self.open(run.id))
        self.table.clicked.connect(lambda index: self.open(self.model.rows[index.row()].id))
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._empty = EmptyState()
        self._empty.step.clicked.connect(self._first_step)
        self._empty.hide()
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(1, 1, 1, 8)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._empty, 1)
        self.detail.setMinimumWidth(380)
        self.detail.closed.connect(self.close_detail)
        self.detail.retried.connect(self.open)
        self.detail.hide()
        self._splitter = RememberedSplitter(context.memory, "runs", card, self.detail, usual=(52, 48))
        self.page.addWidget(self.filters)
        self.page.addWidget(self._splitter, 1)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.close_detail)
        self._merging = QTimer(self)
        self._merging.setSingleShot(True)
        self._merging.setInterval(_MERGE_MS)
        self._merging.timeout.connect(self._merge)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        context.feeds.runs.changed.connect(self._run_changed)
        context.connection.state_changed.connect(lambda: self.table.set_stale(not context.connection.is_online))

    def title(self) -> str:
        """Return the title."""
        return tr("Runs")

    def focus_filter(self) -> None:
        """Put the keyboard into the filter, or from within a log into its search."""
        if self.detail.log.isAncestorOf(self.focusWidget() or self):
            self.detail.log.focus_search()
        else:
            self.filters.bar.focus_line()

    def show_with(self, wanted: dict[str, Any]) -> None:
        """Open the run `run`, or narrow to what `narrowing` reads."""
        if "run" in wanted:
            self.open(int(wanted["run"]))
        narrowing = narrowing_of(wanted)
        if narrowing is not None:
            self.filters.narrow(narrowing)

    def refresh(self) -> None:
        """Load the newest runs anew."""
        self._refresher.request()

    def _run_changed(self, event: RunEvent) -> None:
        """Gather what happened to runs."""
        if not self.isVisible():
            self._is_out_of_date = True
            return
        run = event.run
        self._heard.append(run)
        for gathered in self._meanwhile:
            gathered.append(run)
        if run.id == self.detail.run_id:
            self.detail.refresh()
        if not self._merging.isActive():
            self._merging.start()

    def activated(self) -> None:
        """Let times pass."""
        super().activated()
        self._clock.start()

    def open(self, run_id: int) -> None:
        """Show one run beside the table."""
        if self.detail.isHidden():
            self.detail.show()
            self._splitter.restore()
        self.detail.show_run(run_id)
        place = self.model.row_of(run_id)
        if place is not None and [run.id for run in self.table.selected()] != [run_id]:
            self.table.selectRow(place)

    def close_detail(self) -> None:
        """Put the run away."""
        self.detail.hide()
        self.detail.put_away()

    @property
    def wanted(self) -> RunFilter:
        """What the person looks for."""
        return self.filters.wanted

    @property
    def waiting_count(self) -> int:
        """How many new runs wait behind the button."""
        return len(self._waiting)

    def _sort_by(self, sort: str) -> None:
        self._sort = sort
        self.table.show_sort(sort)
        self._refilter()

    def _query(self) -> dict[str, Any]:
        wanted = self.wanted

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
            "sort": self._sort,
            "limit": _PAGE,
        }

    @contextmanager
    def _gathering(self) -> Iterator[list[Run]]:
        """Gather what is heard while a page is on its way: it may be newer than the page."""
        gathered: list[Run] = []
        self._meanwhile.append(gathered)
        try:
            yield gathered
        finally:
            self._meanwhile = [one for one in self._meanwhile if one is not gathered]

    def _keeps(self, question: int) -> bool:
        """Whether the answer to `question` must leave the rows where they are: one reads further down.

        At the top one who asks anew wants the newest, wherever the pointer rests.
        """
        is_same = question == self._answered and self._sort == NEWEST_FIRST
        return is_same and bool(self.model.rows) and (self._is_scrolled or len(self.table.selected()) > 1)

    async def _load(self) -> None:
        client = self.context.connection.client
        question, wanted, query = self._question, self.wanted, self._query()
        with self._gathering() as heard:
            page = await client.list_runs(**query)
            found, total = page.data, page.meta.total
            while page.meta.next_cursor and self._keeps(question) and found[-1].id > self.model.rows[-1].id:
                page = await client.list_runs(**{**query, "limit": _PAGE_ANEW, "cursor": page.meta.next_cursor})
                found = [*found, *page.data]
        if question != self._question:
            return
        self._pages = Pages()
        self._pages.add(found, page.meta.next_cursor)
        self._heard.clear()
        self._waiting = {}
        rows = found
        if self._sort == NEWEST_FIRST:
            keeps = self._keeps(question)
            merged = reloaded(self.model.rows, found, heard, wanted, keeps=keeps, oldest=self._pages.oldest)
            rows, self._waiting = merged.shown, merged.waiting
        self._total = None if total is None else total - len(self._waiting)
        with self.table.holding_still():
            self.model.set_rows(rows)
        if question != self._answered:
            self._answered = question
            self.table.scrollToTop()
        self._say()
        self.filters.offer_workers(sorted(worker.id for worker in (await client.list_workers(limit=500)).data))

    async def _load_older(self) -> None:
        pages = None
        while pages is not self._pages and self._is_near_end():
            # Where the newest were loaded anew meanwhile, what follows them is asked for again.
            pages = self._pages
            with self._gathering() as heard:
                page = await self.context.connection.client.list_runs(**self._query(), cursor=pages.next_cursor)
        if pages is None or pages is not self._pages or self._question != self._answered:
            return
        pages.add(page.data, page.meta.next_cursor)
        known, newer = {run.id for run in self.model.rows}, {run.id: run for run in heard}
        more = [newer.get(run.id, run) for run in page.data if run.id not in known]
        self.model.set_rows([*self.model.rows, *more])
        self._say()

    def _is_near_end(self) -> bool:
        """Whether what follows the rows that are loaded will soon be seen."""
        bar = self.table.verticalScrollBar()
        left = bar.maximum() - bar.value()
        return left < _NEAR_END_ROWS * self.table.rowHeight(0) and self._pages.next_cursor is not None

    def _scrolled(self, _value: int) -> None:
        if self._is_near_end():
            self._older.request()

    @property
    def _is_scrolled(self) -> bool:
        return self.table.verticalScrollBar().value() > 0

    @property
    def _takes_new(self) -> bool:
        is_reading = self.table.viewport().underMouse() or len(self.table.selected()) > 1
        return not self._is_scrolled and not is_reading

    def _merge(self) -> None:
        wanted = self.wanted
        if self._sort != NEWEST_FIRST:
            self._heard.clear()
            self._refresher.request()
            return
        takes_new = self._takes_new and not wanted.is_closed
        before = len(self.model.rows)
        if takes_new:
            merged = merge(
                self.model.rows, self._waiting, self._heard, wanted, takes_new=True, oldest=self._pages.oldest
            )
            self._waiting = {}
            self._count(len(merged.shown) - before)
            self.model.set_rows(merged.shown)
            if len(merged.shown) > MOST_ROWS:
                self._refresher.request()
        else:
            news = [run for run in self._heard if not self.model.replace(run)]
            if not wanted.is_closed:
                self._waiting = merge(
                    [], self._waiting, news, wanted, takes_new=False, oldest=self._pages.oldest
                ).waiting
        self._heard.clear()
        self._say()

    def _count(self, more: int) -> None:
        if self._total is not None:
            self._total += more

    def _take_new(self) -> None:
        before = len(self.model.rows)
        merged = merge(self.model.rows, self._waiting, [], self.wanted, takes_new=True)
        self._waiting = {}
        self._count(len(merged.shown) - before)
        self.table.clearSelection()
        self.table.scrollToTop()
        self.model.set_rows(merged.shown)
        self.table.scrollToTop()
        self._say()

    def _say(self) -> None:
        shown = len(self.model.rows)
        self.filters.new.setText(tr("%1 new", number(len(self._waiting))))
        self.filters.new.setVisible(bool(self._waiting))
        words = tr("1 run") if shown == 1 else tr("%1 runs", number(shown))
        if self._total is not None and self._total > shown:
            words = tr("%1 runs", number(self._total))
        elif self._total is None and self._pages.next_cursor is not None:
            words = tr("more than 10,000 runs")
        self.filters.bar.say(words)
        self.table.setVisible(shown > 0)
        self._empty.setVisible(shown == 0)
        if self.wanted != RunFilter():
            self._empty.say(tr("No matching runs."), tr("Show all runs"))
        else:
            words = tr("Runs appear here as they happen. Run a task now, or wait for its schedule.")
            self._empty.say(words, tr("Go to tasks"))

    def _first_step(self) -> None:
        if self.wanted != RunFilter():
            self.filters.clear()
        else:
            self.follow.emit("tasks", {})

    def _refilter(self) -> None:
        self._question += 1
        self._refresher.request_now()

    def _tick(self) -> None:
        if self.isVisible():
            self.model.times_passed()
        else:
            self._clock.stop()
