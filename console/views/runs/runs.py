"""The runs: live, newest first, with one of them beside the table."""

from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QSplitter

from console.context import Context
from console.link.refresher import Refresher
from console.status_words import status_words
from console.views.runs.columns import run_columns
from console.views.runs.live_rows import RunFilter, merge
from console.views.runs.run_detail import RunDetail
from console.views.view import View
from console.widgets.data_table import DataTable, RowAction
from console.widgets.filter_bar import FilterBar
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import RowsModel
from console.words import number, tr
from shared.client.stream import StreamEvent
from shared.enums import RunStatus
from shared.models.run import Run

_PAGE = 200
_MERGE_MS = 200
_TICK_MS = 1000
_IN_FLIGHT = (RunStatus.RUNNING, RunStatus.DISPATCHED)
_WAITING = (RunStatus.PENDING, RunStatus.BLOCKED)
_BAD = (RunStatus.FAILED, RunStatus.TIMED_OUT)


class RunsView(View):
    """A live table of runs; events are gathered and shown together a few times a second."""

    name = "runs"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._heard: list[Run] = []
        self._waiting: dict[int, Run] = {}
        self._task_id: int | None = None
        self._since: datetime | None = None
        self._until: datetime | None = None
        self._sort = "-id"
        self._total: int | None = None
        self._refresher = Refresher(context.tasks, self._load, name="runs", parent=self)
        self._build_filter()
        self.model: RowsModel[Run] = RowsModel(run_columns(), key=lambda run: run.id)
        self.table = DataTable(self.model, context.theme, self._actions())
        self.table.sort_wanted.connect(self._sort_by)
        self.table.opened.connect(lambda run: self.open(run.id))
        self.table.clicked.connect(lambda index: self.open(self.model.rows[index.row()].id))
        self._empty = EmptyState()
        self._empty.hide()
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(1, 1, 1, 8)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._empty, 1)
        self.detail = RunDetail(context)
        self.detail.setMinimumWidth(340)
        self.detail.closed.connect(self.close_detail)
        self.detail.retried.connect(self.open)
        self.detail.hide()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(12)
        self._splitter.addWidget(card)
        self._splitter.addWidget(self.detail)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 2)
        self.page.addWidget(self.filter)
        self.page.addWidget(self._splitter, 1)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.close_detail)
        self._merging = QTimer(self)
        self._merging.setSingleShot(True)
        self._merging.setInterval(_MERGE_MS)
        self._merging.timeout.connect(self._merge)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        context.link.state_changed.connect(lambda: self.table.set_stale(not context.link.is_online))

    def _build_filter(self) -> None:
        self.filter = FilterBar(self.context.theme)
        self._status = self.filter.add_choice(
            [
                (tr("All"), ()),
                (tr("Waiting"), _WAITING),
                (tr("Running"), _IN_FLIGHT),
                (tr("Failed"), _BAD),
                *((status_words(one), (one,)) for one in (RunStatus.SUCCEEDED, RunStatus.CANCELLED, RunStatus.SKIPPED)),
            ],
            tr("Status"),
        )
        self._narrowed = QPushButton()
        self._narrowed.setToolTip(tr("Show all runs again"))
        self._narrowed.clicked.connect(self._widen)
        self._narrowed.hide()
        self.filter.add_widget(self._narrowed)
        self._new = QPushButton()
        self._new.setObjectName("link")
        self._new.clicked.connect(self._take_new)
        self._new.hide()
        self.filter.add_widget(self._new)
        self.filter.changed.connect(self._refilter)

    def title(self) -> str:
        """Return the title."""
        return tr("Runs")

    def focus_filter(self) -> None:
        """Put the keyboard into the filter, or from within a log into its search."""
        if self.detail.log.isAncestorOf(self.focusWidget() or self):
            self.detail.log.focus_search()
        else:
            self._status.setFocus()

    def show_with(self, wanted: dict[str, Any]) -> None:
        """Open the run `run`, or narrow to a `task` or to what was queued from `since` to `until`."""
        if "run" in wanted:
            self.open(int(wanted["run"]))
        if "task" in wanted:
            self._task_id = int(wanted["task"])
            self._narrow(tr("only %1").replace("%1", str(wanted.get("task_name", self._task_id))))
        if "since" in wanted:
            self._since, self._until = wanted["since"], wanted["until"]
            self._narrow(
                tr("%1 to %2")
                .replace("%1", f"{self._since.astimezone():%m-%d %H:%M:%S}")
                .replace("%2", f"{self._until.astimezone():%m-%d %H:%M:%S}")
            )

    def refresh(self) -> None:
        """Load the newest runs anew."""
        self._refresher.request()

    def hear(self, event: StreamEvent) -> None:
        """Gather what happened to runs."""
        if not event.type.startswith("run."):
            return
        if not self.isVisible():
            self._is_out_of_date = True
            return
        run = Run.model_validate(event.data)
        self._heard.append(run)
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
            width = self._splitter.width()
            self._splitter.setSizes([int(width * 0.58), int(width * 0.42)])
        self.detail.show_run(run_id)
        place = self.model.row_of(run_id)
        if place is not None:
            self.table.selectRow(place)

    def close_detail(self) -> None:
        """Put the run away."""
        self.detail.hide()
        self.detail.put_away()

    @property
    def wanted(self) -> RunFilter:
        """What the person looks for."""
        return RunFilter(frozenset(self._status.currentData() or ()), self._task_id)

    def _actions(self) -> list[RowAction[Run]]:
        return [
            RowAction(
                lambda: tr("Cancel the run"),
                "cancel",
                lambda runs: self._each("cancel", runs),
                applies=lambda run: not run.status.is_final and run.cancel_requested_at is None,
            ),
            RowAction(
                lambda: tr("Run again"),
                "retry",
                lambda runs: self._each("retry", runs),
                applies=lambda run: run.status.is_final,
            ),
            RowAction(
                lambda: tr("Show the task"),
                "tasks",
                lambda runs: self.follow.emit("tasks", {"task": runs[0].task_id}),
                on_hover=False,
            ),
        ]

    def _each(self, verb: str, runs: list[Run]) -> None:
        self.context.tasks.start(self._do_each(verb, runs), name=f"{verb} runs")

    async def _do_each(self, verb: str, runs: list[Run]) -> None:
        client = self.context.link.client
        for run in runs:
            await (client.cancel_run(run.id) if verb == "cancel" else client.retry_run(run.id))
        self._refresher.request_now()

    def _sort_by(self, sort: str) -> None:
        self._sort = sort
        self.table.show_sort(sort)
        self._refresher.request_now()

    async def _load(self) -> None:
        page = await self.context.link.client.list_runs(
            status=list(self._status.currentData() or ()) or None,
            task_id=self._task_id,
            since=self._since.isoformat() if self._since else None,
            until=self._until.isoformat() if self._until else None,
            sort=self._sort,
            limit=_PAGE,
        )
        self._total = page.meta.total
        self._waiting = {}
        self.model.set_rows(page.data)
        self._say()

    def _merge(self) -> None:
        if self._sort != "-id" or self._until is not None:
            self._heard.clear()
            self._refresher.request()
            return
        takes_new = self.table.verticalScrollBar().value() == 0 and not self.table.viewport().underMouse()
        merged = merge(self.model.rows, self._waiting, self._heard, self.wanted, takes_new=takes_new)
        self._heard.clear()
        if self._total is not None:
            self._total += sum(self.model.row_of(run.id) is None for run in merged.shown)
        self._waiting = merged.waiting
        self.model.set_rows(merged.shown)
        self._say()

    def _take_new(self) -> None:
        merged = merge(self.model.rows, self._waiting, [], self.wanted, takes_new=True)
        self._waiting = {}
        self.model.set_rows(merged.shown)
        self.table.scrollToTop()
        self._say()

    def _say(self) -> None:
        shown = len(self.model.rows)
        self._new.setText(tr("%1 new").replace("%1", number(len(self._waiting))))
        self._new.setVisible(bool(self._waiting))
        words = tr("1 run") if shown == 1 else tr("%1 runs").replace("%1", number(shown))
        if self._total is not None and self._total > shown:
            words = tr("%1 of %2 runs").replace("%1", number(shown)).replace("%2", number(self._total))
        self.filter.say(words)
        self.table.setVisible(shown > 0)
        self._empty.setVisible(shown == 0)
        if self.wanted != RunFilter() or self._since is not None:
            self._empty.say(tr("No run fits what you look for."))
        else:
            self._empty.say(tr("Runs are listed here as they happen. Trigger a task, or wait for its schedule."))

    def _refilter(self) -> None:
        self._refresher.request_now()

    def _narrow(self, words: str) -> None:
        self._narrowed.setText(f"{words}  ×")
        self._narrowed.show()
        self._refresher.request_now()

    def _widen(self) -> None:
        self._task_id = self._since = self._until = None
        self._narrowed.hide()
        self._refresher.request_now()

    def _tick(self) -> None:
        if self.isVisible():
            self.model.times_passed()
        else:
            self._clock.stop()
