"""The overview: health, counts, charts and short lists."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from console import remembered
from console.actions import Action
from console.charts.span import Span, step_for
from console.connection.refresher import Refresher
from console.context import Context
from console.queue_forecast import forecast_of
from console.views.overview.charts import OverviewCharts, chart_hint, summary_words
from console.views.overview.failure_list import FailureList
from console.views.overview.faults_dialog import FaultsDialog
from console.views.overview.figure_tiles import FigureTiles
from console.views.overview.health_strip import HealthStrip
from console.views.overview.range_bar import RangeBar
from console.views.overview.series import SpanSummary, build_history
from console.views.overview.short_lists import next_up_table, workers_table
from console.views.overview.time_ranges import RANGES, TimeRange, range_words
from console.views.runs.actions import RunActions
from console.views.view import View
from console.widgets.elided_label import ElidedLabel
from console.widgets.surfaces import Card, EmptyState
from console.words import number, tr
from shared.enums import Permission, RunStatus, TaskStatus
from shared.models.base import Meta, Page
from shared.models.run_filter import RunFilter
from shared.models.system import QueueDepth, SystemStats
from shared.models.worker import Worker

_FEWEST_ROWS, _MOST_ROWS = 2, 40
_AROUND_ROWS = 88
"""What a card has besides its rows, in pixels: its title and the heads of the columns."""
_REST_MS = 1500
_HISTORY_REST_MS = 4000
_PATIENCE_MS = 120
_TICK_MS = 1000


class OverviewView(View):
    """Health, five figures, the charts over a span, the latest failures, what is next, the workers."""

    name = "overview"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._range: TimeRange | None = self._remembered_range()
        self._span: Span | None = None
        self._summary: SpanSummary | None = None
        self._rows = _FEWEST_ROWS
        self.health = HealthStrip(context.theme)
        self.health.faults_wanted.connect(self.show_faults)
        self.tiles = FigureTiles(context.theme)
        self.tiles.followed.connect(self.follow)
        content = QWidget()
        content.setObjectName("plain")
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addWidget(self.health)
        inside.addWidget(self.tiles)
        self.charts = OverviewCharts(context.theme)
        self.charts.wanted.connect(self._look_at)
        self.charts.selected.connect(self._show_summary)
        self._build_chart_head()
        inside.addWidget(self.charts, 5)
        inside.addLayout(self._lists(), 3)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        scroll.setAccessibleName(self.title())
        self.page.addWidget(scroll, 1)
        tasks = context.background
        self._state = Refresher(tasks, self._load, name="overview", rest_ms=_REST_MS, parent=self)
        self.past = Refresher(tasks, self._load_history, name="history", rest_ms=_HISTORY_REST_MS, parent=self)
        self._moving = QTimer(self)
        self._moving.setSingleShot(True)
        self._moving.setInterval(_PATIENCE_MS)
        self._moving.timeout.connect(self.past.request_now)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        context.connection.state_changed.connect(self._show_staleness)
        context.health.changed.connect(self._show_health)
        self._show_health()
        feeds = context.feeds
        for changed in (feeds.runs.changed, feeds.tasks.changed, feeds.workers.changed, feeds.alerts.raised):
            changed.connect(self._state_changed)
        feeds.queue.sampled.connect(self._queue_sampled)

    def _show_staleness(self) -> None:
        """Dim the figures and charts while the backend cannot be reached."""
        is_stale = not self.context.connection.is_online
        self.tiles.set_stale(is_stale)
        self.charts.set_stale(is_stale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget.resizeEvent: ask for as many rows as the cards have room for."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fill_lists)

    def _fill_lists(self) -> None:
        rows = min(
            max((self._cards[0].height() - _AROUND_ROWS) // self.context.theme.row_height, _FEWEST_ROWS), _MOST_ROWS
        )
        is_other, self._rows = rows != self._rows, rows
        if is_other and self.isVisible() and not self._is_out_of_date:
            self._state.request_now()

    def title(self) -> str:
        return tr("Overview")

    def primary_action(self) -> str:
        return tr("New task")

    def primary_refusal(self) -> str:
        """Return why the user may create no task."""
        return self.context.permissions.why_nowhere(Permission.EDIT)

    def do_primary_action(self) -> None:
        self.follow.emit("tasks", {"new": True})

    def commands(self) -> list[Action]:
        """Add the ranges, and the way back to now, to what every view offers."""
        found = super().commands()
        for place, one in enumerate(RANGES):
            words = tr("Show the last %1", range_words(one.key))
            found.append(
                Action(
                    f"overview.range.{place + 1}",
                    words,
                    partial(self.choose, one),
                    group=self.title(),
                    shortcuts=(str(place + 1),),
                    icon_name="clock",
                )
            )
        found.append(
            Action(
                "overview.live",
                tr("Back to now"),
                self.go_live,
                group=self.title(),
                shortcuts=("0",),
                icon_name="follow",
            )
        )
        return found

    def refresh(self) -> None:
        self._state.request()
        self.past.request()
        self.context.health.request()

    def _state_changed(self, _event: object) -> None:
        if self.isVisible():
            self._state.request()

    def _queue_sampled(self, _depth: QueueDepth) -> None:
        if self.isVisible():
            self._state.request()
            if self._span is None:
                self.past.request()

    def activated(self) -> None:
        """Let times pass."""
        super().activated()
        self._clock.start()

    @property
    def span(self) -> Span:
        """The span of the charts: a range up to now, or a past span."""
        if self._span is not None:
            return self._span
        now = datetime.now(UTC)
        return Span(now - (self._range or RANGES[1]).span, now)

    def choose(self, chosen: TimeRange) -> None:
        """Show a range up to now."""
        self._range = chosen
        self.context.memory.put(remembered.OVERVIEW_RANGE, chosen.key)
        self._move(None)

    def go_live(self) -> None:
        """Show the last chosen range up to now."""
        if self._range is None:
            self._range = self._remembered_range()
        self._move(None)

    def _look_at(self, wanted: Span) -> None:
        self._move(wanted)

    def _move(self, wanted: Span | None) -> None:
        self._span = wanted
        self.ranges.show_state(self._range if wanted is None else None)
        self.charts.show_span(self.span)
        if wanted is None:
            self.charts.clear_selection()
            self.past.request_now()
        else:
            self._moving.start()

    def _remembered_range(self) -> TimeRange:
        key = self.context.memory.get(remembered.OVERVIEW_RANGE)
        return next((one for one in RANGES if one.key == key), RANGES[1])

    def _build_chart_head(self) -> None:
        self.ranges = RangeBar(self.context.theme)
        self.ranges.chosen.connect(self.choose)
        self.ranges.live_wanted.connect(self.go_live)
        self.ranges.show_state(self._range)
        self.charts.queue_card.head.addWidget(self.ranges)
        foot = self.charts.foot
        self.summary = ElidedLabel(chart_hint(), "secondary")
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.summary, 1)
        self.show_waiting = QPushButton(tr("Show waiting runs"))
        self._show_failed = QPushButton(tr("Show failed runs"))
        for button, act in ((self.show_waiting, self._follow_waiting), (self._show_failed, self._follow_failed)):
            button.setObjectName("link")
            button.clicked.connect(act)
            button.hide()
            foot.addWidget(button)

    def _lists(self) -> QGridLayout:
        theme = self.context.theme
        run_actions = RunActions(self.context, self, wanted=RunFilter)
        run_actions.done.connect(self.refresh)
        run_actions.said.connect(self.said)
        self.failures = FailureList(self.context, run_actions, self)
        self.next_up, self._next_model = next_up_table(theme, self.context.times)
        self.workers, self._workers_model = workers_table(theme)
        self._cards = [Card(tr("Latest failures")), Card(tr("Next up")), Card(tr("Workers"))]
        self._empty = [EmptyState(), EmptyState(), EmptyState()]
        grid = QGridLayout()
        grid.setSpacing(12)
        tables = (self.failures.table, self.next_up, self.workers)
        self.add_tables(*tables)
        for place, (card, table, empty) in enumerate(zip(self._cards, tables, self._empty, strict=True)):
            card.body.setContentsMargins(16, 12, 16, 8)
            card.body.addWidget(table, 1)
            card.body.addWidget(empty, 1)
            card.setMinimumHeight(_AROUND_ROWS + _FEWEST_ROWS * self.context.theme.row_height + 6)
            table.hide()
            grid.addWidget(card, 0, place)
            grid.setColumnStretch(place, (8, 8, 5)[place])
        self.failures.table.opened.connect(lambda failure: self.follow.emit("run", {"run": failure.newest.id}))
        self.next_up.opened.connect(lambda task: self.follow.emit("task", {"task": task.id}))
        self.workers.opened.connect(lambda worker: self.follow.emit("workers", {"worker": worker.id}))
        return grid

    async def _load(self) -> None:
        client = self.context.connection.client
        sees_workers = not (await self.context.permissions.loaded()).is_member
        stats, _, upcoming, workers = await asyncio.gather(
            client.stats(),
            self.failures.load(rows=self._rows),
            client.list_tasks(has_schedule=True, status=TaskStatus.ACTIVE, sort="next_run_at", limit=self._rows),
            client.list_workers(limit=50) if sees_workers else _no_workers(),
        )
        self._cards[2].setVisible(sees_workers)
        self.tiles.show_stats(stats)
        self.charts.show_forecast(forecast_of(stats))
        self._next_model.set_rows([task for task in upcoming.data if task.next_run_at])
        self._workers_model.set_rows(sorted(workers.data, key=lambda worker: (worker.status, worker.id))[: self._rows])
        self._show_lists(stats)

    def _show_health(self) -> None:
        self.health.show_vitals(self.context.health.vitals)

    def show_with(self, wanted: dict[str, object]) -> None:
        """Open the list of `faults`."""
        if wanted.get("faults"):
            self.show_faults()

    def show_faults(self) -> None:
        """Open the list of faults."""
        dialog = FaultsDialog(self.context, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.settled.connect(self.context.health.request)
        dialog.open()

    async def _load_history(self) -> None:
        client, wanted = self.context.connection.client, self.span
        if (await self.context.permissions.loaded()).is_member:
            self.charts.hide()  # they are of all runs and all workers
            return
        self.charts.show()
        step = int(step_for(wanted.length).total_seconds())
        asked = {"since": wanted.since.isoformat(), "until": wanted.until.isoformat()}
        queue, ended = await asyncio.gather(
            client.queue_history(**asked, resolution=step), client.throughput(**asked, resolution=step)
        )
        if self._span is not None and self._span != wanted:
            return
        self.charts.show_history(
            build_history(wanted, queue.samples, queue.resolution_seconds, ended.steps, ended.resolution_seconds)
        )
        if self._summary is None:
            self.summary.setText(
                chart_hint() if queue.samples else tr("No data yet. The first points arrive in a few seconds.")
            )

    def _show_lists(self, stats: SystemStats) -> None:
        words = (
            tr("No failed runs."),
            tr("No scheduled tasks. Give a task a schedule, and its next runs appear here."),
            tr("No workers. Start one with “taskdeck worker”."),
        )
        tables = (self.failures.table, self.next_up, self.workers)
        for table, empty, text in zip(tables, self._empty, words, strict=True):
            has_rows = table.rows_model.rowCount() > 0
            table.setVisible(has_rows)
            empty.setVisible(not has_rows)
            empty.show_text(text)
        self._cards[1].aside.setText(tr("in your time zone") if self.context.times.display == "absolute" else "")
        self._cards[0].aside.setText(tr("%1 in the last hour", number(stats.failed_last_hour)))
        parts = [tr("%1 online", number(stats.workers_online))]
        if stats.workers_draining:
            parts.append(tr("%1 draining", number(stats.workers_draining)))
        if stats.workers_lost:
            parts.append(tr("%1 lost", number(stats.workers_lost)))
        self._cards[2].aside.setText(" · ".join(parts))

    def _show_summary(self, found: SpanSummary | None) -> None:
        self._summary = found
        self.summary.setText(chart_hint() if found is None else summary_words(found))
        self.show_waiting.setVisible(found is not None and found.is_known)
        self._show_failed.setVisible(found is not None and found.failed > 0)

    def _follow_waiting(self) -> None:
        if self._summary is not None:
            found = self._summary
            # What waited then was queued no earlier than the oldest that was seen; the margin is for its sampling.
            margin = timedelta(seconds=found.oldest_seconds * 1.1 + 60)
            wanted = {"waiting_since": found.since, "waiting_until": found.until, "since": found.since - margin}
            self.follow.emit("runs", wanted)

    def _follow_failed(self) -> None:
        if self._summary is not None:
            found = self._summary
            bad = [RunStatus.FAILED, RunStatus.TIMED_OUT]
            self.follow.emit("runs", {"ended_since": found.since, "ended_until": found.until, "status": bad})

    def _tick(self) -> None:
        if not self.isVisible():
            self._clock.stop()
            return
        for model in (self.failures.model, self._next_model):
            model.times_passed()


async def _no_workers() -> Page[Worker]:
    """Return what somebody sees of the workers who sees no workers."""
    return Page(data=[], meta=Meta())
