"""Health in one look."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QPushButton, QWidget

from console.context import Context
from console.link.refresher import Refresher
from console.views.overview.series import SpanSummary, summarise
from console.views.overview.short_lists import failures_table, next_up_table, workers_table
from console.views.overview.time_ranges import RANGES, TimeRange, range_words
from console.views.view import View
from console.widgets.surfaces import Card, EmptyState, Figure, label
from console.words import duration, number, span, tr
from shared.client.stream import StreamEvent
from shared.enums import RunStatus, TaskStatus
from shared.models.system import QueueSample, SystemStats

if TYPE_CHECKING:
    from console.views.overview.queue_chart import QueueChart

TARGET_MS = 30
SLOWEST_SHOWN_PER_SECOND = 0.05
_ROWS = 7
_REST_MS = 1500
_TICK_MS = 1000


class OverviewView(View):
    """Five figures, the queue over time, the latest failures, what is next, the workers."""

    name = "overview"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._range = self._remembered_range()
        self._samples: list[QueueSample] = []
        self._selected: SpanSummary | None = None
        self._figures = {
            "waiting": Figure(tr("Waiting")),
            "running": Figure(tr("Running")),
            "succeeded": Figure(tr("Succeeded, 1 h")),
            "failed": Figure(tr("Failed, 1 h")),
            "latency": Figure(tr("Start latency p99")),
        }
        row = QHBoxLayout()
        row.setSpacing(12)
        for figure in self._figures.values():
            row.addWidget(figure, 1)
        self.page.addLayout(row)
        self.page.addWidget(self._chart_card(), 3)
        self.page.addLayout(self._lists(), 2)
        self._state = Refresher(context.tasks, self._load, name="overview", rest_ms=_REST_MS, parent=self)
        self._history = Refresher(context.tasks, self._load_history, name="queue history", rest_ms=4000, parent=self)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)

    def title(self) -> str:
        """Return the title."""
        return tr("Overview")

    def primary_action(self) -> str:
        """Offer a new task."""
        return tr("New task")

    def do_primary_action(self) -> None:
        """Open the editor of a new task."""
        self.follow.emit("tasks", {"new": True})

    def refresh(self) -> None:
        """Load all parts."""
        self._state.request()
        self._history.request()

    def hear(self, event: StreamEvent) -> None:
        """Take part in what happens, no more often than a person can read."""
        if not self.isVisible():
            return
        self._state.request()
        if event.type == "queue.sampled":
            self._history.request()

    def activated(self) -> None:
        """Let times pass."""
        super().activated()
        self._clock.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bring the chart after the first paint: it costs more than all the rest."""
        super().paintEvent(event)
        if self._chart is None:
            QTimer.singleShot(0, self._bring_chart)

    def _remembered_range(self) -> TimeRange:
        key = str(self.context.remembered.value("overview/range", "1 h"))
        return next((one for one in RANGES if one.key == key), RANGES[1])

    def _chart_card(self) -> QWidget:
        self._card = Card(tr("Queue depth"))
        buttons = QButtonGroup(self._card)
        for place, one in enumerate(RANGES):
            button = QPushButton(range_words(one.key))
            button.setObjectName("range")
            button.setCheckable(True)
            button.setChecked(one is self._range)
            button.setShortcut(str(place + 1))
            button.setToolTip(tr("The last %1 (key %2)").replace("%1", one.key).replace("%2", str(place + 1)))
            button.clicked.connect(lambda _checked=False, chosen=one: self._choose(chosen))
            buttons.addButton(button)
            self._card.head.addWidget(button)
        self._chart_place = QWidget()
        self._chart_place.setMinimumHeight(120)
        place_layout = QGridLayout(self._chart_place)
        place_layout.setContentsMargins(0, 0, 0, 0)
        self._chart_layout = place_layout
        self._chart: QueueChart | None = None
        self._card.body.addWidget(self._chart_place, 1)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        self._legend = foot
        self._words = label("", "secondary")
        self._show_them = QPushButton(tr("Show them"))
        self._show_them.setObjectName("link")
        self._show_them.clicked.connect(self._follow_selection)
        self._show_them.hide()
        foot.addStretch(1)
        foot.addWidget(self._words)
        foot.addWidget(self._show_them)
        self._card.body.addLayout(foot)
        return self._card

    def _lists(self) -> QGridLayout:
        theme = self.context.theme
        self._failures, self._failures_model = failures_table(theme)
        self._next_up, self._next_model = next_up_table(theme)
        self._workers, self._workers_model = workers_table(theme)
        self._cards = [Card(tr("Latest failures")), Card(tr("Next up")), Card(tr("Workers"))]
        self._empty = [EmptyState(), EmptyState(), EmptyState()]
        grid = QGridLayout()
        grid.setSpacing(12)
        tables = (self._failures, self._next_up, self._workers)
        for place, (card, table, empty) in enumerate(zip(self._cards, tables, self._empty, strict=True)):
            card.body.setContentsMargins(16, 12, 16, 8)
            card.body.addWidget(table, 1)
            card.body.addWidget(empty, 1)
            table.hide()
            grid.addWidget(card, 0, place)
            grid.setColumnStretch(place, (8, 7, 6)[place])
        self._failures.opened.connect(lambda run: self.follow.emit("runs", {"run": run.id}))
        self._next_up.opened.connect(lambda task: self.follow.emit("tasks", {"task": task.id}))
        self._workers.opened.connect(lambda worker: self.follow.emit("workers", {"worker": worker.id}))
        self._cards[1].aside.setText(tr("in your time zone"))
        return grid

    def _bring_chart(self) -> None:
        if self._chart is not None:
            return
        from console.views.overview.legend import Legend
        from console.views.overview.queue_chart import QueueChart

        self._chart = QueueChart(self.context.theme)
        self._chart.selected.connect(self._select)
        self._chart_layout.addWidget(self._chart)
        self._legend.insertWidget(0, Legend(self.context.theme))
        self._show_history()

    async def _load(self) -> None:
        client = self.context.link.client
        stats = await client.stats()
        self._show_stats(stats)
        failed = await client.list_runs(
            status=[RunStatus.FAILED, RunStatus.TIMED_OUT], limit=_ROWS, sort="-completed_at"
        )
        upcoming = await client.list_tasks(has_schedule=True, status=TaskStatus.ACTIVE, sort="next_run_at", limit=_ROWS)
        workers = await client.list_workers(limit=50)
        self._failures_model.set_rows(failed.data)
        self._next_model.set_rows([task for task in upcoming.data if task.next_run_at])
        self._workers_model.set_rows(sorted(workers.data, key=lambda worker: (worker.status, worker.id))[:_ROWS])
        self._show_lists(stats)

    async def _load_history(self) -> None:
        now = datetime.now(UTC)
        history = await self.context.link.client.queue_history(
            since=(now - self._range.span).isoformat(), resolution=int(self._range.step.total_seconds())
        )
        self._samples = history.samples
        self._show_history()

    def _show_stats(self, stats: SystemStats) -> None:
        oldest = stats.oldest_waiting_seconds
        beside = tr("oldest %1").replace("%1", span(oldest)) if stats.runs_waiting and oldest is not None else ""
        self._figures["waiting"].show_value(number(stats.runs_waiting), beside)
        self._figures["running"].show_value(
            number(stats.runs_in_flight), tr("of %1 slots").replace("%1", number(stats.slots_total))
        )
        ended = stats.succeeded_last_hour + stats.failed_last_hour
        rate = f"{100 * stats.succeeded_last_hour / ended:.1f} %" if ended else ""
        if stats.runs_per_second >= SLOWEST_SHOWN_PER_SECOND:
            rate += " · " + tr("%1/s").replace("%1", f"{stats.runs_per_second:.1f}")
        self._figures["succeeded"].show_value(
            number(stats.succeeded_last_hour), rate, tone="good" if stats.succeeded_last_hour else ""
        )
        tasks = tr("1 task") if stats.failed_tasks_last_hour == 1 else tr("%1 tasks")
        self._figures["failed"].show_value(
            number(stats.failed_last_hour),
            tasks.replace("%1", number(stats.failed_tasks_last_hour)) if stats.failed_last_hour else "",
            tone="bad" if stats.failed_last_hour else "",
        )
        latency = stats.start_latency_p99_ms
        self._figures["latency"].show_value(
            "–" if latency is None else duration(round(latency)),
            tr("target %1 ms").replace("%1", str(TARGET_MS)),
        )

    def _show_lists(self, stats: SystemStats) -> None:
        words = (
            tr("No run has failed."),
            tr("Nothing is scheduled. Give a task a schedule and its next runs are listed here."),
            tr("No worker is known. Start one with 'taskdeck worker'."),
        )
        tables = (self._failures, self._next_up, self._workers)
        for table, empty, text in zip(tables, self._empty, words, strict=True):
            has_rows = table.rows_model.rowCount() > 0
            table.setVisible(has_rows)
            empty.setVisible(not has_rows)
            empty.say(text)
        self._cards[0].aside.setText(tr("%1 in the last hour").replace("%1", number(stats.failed_last_hour)))
        parts = [tr("%1 online").replace("%1", number(stats.workers_online))]
        if stats.workers_draining:
            parts.append(tr("%1 draining").replace("%1", number(stats.workers_draining)))
        if stats.workers_lost:
            parts.append(tr("%1 lost").replace("%1", number(stats.workers_lost)))
        self._cards[2].aside.setText(" · ".join(parts))

    def _show_history(self) -> None:
        if self._chart is None:
            return
        now = datetime.now(UTC)
        self._chart.show_samples(
            self._samples, since=now - self._range.span, until=now, step=self._range.step.total_seconds()
        )
        if self._selected is None:
            self._words.setText("" if self._samples else tr("No samples yet; the first come within seconds."))

    def _choose(self, chosen: TimeRange) -> None:
        self._range = chosen
        self.context.remembered.setValue("overview/range", chosen.key)
        self._selected = None
        self._words.setText("")
        self._show_them.hide()
        if self._chart is not None:
            self._chart.clear_selection()
        self._history.request_now()

    def _select(self, since: datetime, until: datetime) -> None:
        found = summarise(self._samples, since, until)
        self._selected = found
        text = tr("%1 to %2: at most %3 waited, %4 succeeded, %5 failed.")
        for place, value in enumerate(
            (
                f"{found.since.astimezone():%H:%M:%S}",
                f"{found.until.astimezone():%H:%M:%S}",
                number(found.most_waiting),
                number(found.succeeded),
                number(found.failed),
            )
        ):
            text = text.replace(f"%{place + 1}", value)
        self._words.setText(text)
        self._show_them.show()

    def _follow_selection(self) -> None:
        if self._selected is not None:
            self.follow.emit("runs", {"since": self._selected.since, "until": self._selected.until})

    def _tick(self) -> None:
        if not self.isVisible():
            self._clock.stop()
            return
        for model in (self._failures_model, self._next_model):
            model.times_passed()
