"""One worker: how busy it was, what it runs now, what it is."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from console.charts.levels import Series
from console.charts.span import Span, step_for
from console.charts.time_chart import TimeChart
from console.connection.refresher import Refresher
from console.context import Context
from console.theme.glyphs import GLYPH_OF
from console.views.overview.time_ranges import range_words
from console.views.workers.model import (
    GONE,
    heartbeat_age,
    key_words,
    label_words,
    memory_words,
    refusal_words,
    takes_words,
    uptime_words,
    worker_status,
)
from console.views.workers.rule_words import rule_facts
from console.widgets.data_table import DataTable
from console.widgets.detail_card import DetailCard
from console.widgets.fact_grid import FactGrid
from console.widgets.surfaces import EmptyState, label
from console.widgets.table_model import Column, RowsModel
from console.words import Times, absolute, percent, span, tr
from shared.enums import RunStatus, WorkerStatus
from shared.errors import NotFoundError
from shared.models.run import Run
from shared.models.worker import Worker, WorkerRules, WorkerSample

_SPANS = (("1 h", timedelta(hours=1)), ("6 h", timedelta(hours=6)), ("24 h", timedelta(hours=24)))
_MOST_RUNS = 200
_REST_MS = 2000
_LEAST_TABLE = 112
"""Pixels: the head of the table and three rows."""


def run_columns(times: Times) -> list[Column[Run]]:
    """Return what to tell of a run that goes on."""
    return [
        Column(tr("Running now"), lambda run: run.task_name, glyph=lambda run: GLYPH_OF[run.status], stretches=True),
        Column(
            tr("Started"),
            lambda run: times.show(run.started_at or run.dispatched_at),
            widest="59 min ago",
            is_muted=True,
            tooltip=lambda run: absolute(run.started_at),
        ),
        Column(tr("Run #"), lambda run: str(run.id), widest="1234567", is_number=True, is_muted=True),
    ]


class WorkerDetail(DetailCard):
    """The worker beside the table; `loaded` follows each load, the other signals ask for what a button says."""

    loaded = Signal()
    run_wanted = Signal(int)
    runs_wanted = Signal(str)
    drain_wanted = Signal(object)
    resume_wanted = Signal(object)
    remove_wanted = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self.worker: Worker | None = None
        self._length = _SPANS[0][1]
        self._status = label("")
        self.body.addWidget(self._status)
        self.body.addLayout(self._span_buttons())
        theme = context.theme
        self.slots = TimeChart(theme, is_whole=True)
        self.cpu = TimeChart(theme)
        self.memory = TimeChart(theme)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for chart, title, row, column, columns in (
            (self.slots, tr("Slots in use"), 0, 0, 2),
            (self.cpu, tr("CPU, % of a core"), 2, 0, 1),
            (self.memory, tr("Memory, MiB"), 2, 1, 1),
        ):
            chart.setAccessibleName(title)
            chart.setFixedHeight(96)
            chart.moved.connect(self.read_at)
            grid.addWidget(label(title, "secondary"), row, column, 1, columns)
            grid.addWidget(chart, row + 1, column, 1, columns)
        context.connection.state_changed.connect(self._show_staleness)
        inside = QWidget()
        inside.setObjectName("plain")
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(grid)
        self.reading = label("", "secondary")
        whole.addWidget(self.reading)
        self.model: RowsModel[Run] = RowsModel(run_columns(context.times), key=lambda run: run.id)
        self.table = DataTable(self.model, theme)
        self.table.opened.connect(lambda run: self.run_wanted.emit(run.id))
        self.table.clicked.connect(lambda index: self.run_wanted.emit(self.model.rows[index.row()].id))
        self.table.setAccessibleName(tr("Running now"))
        self._empty = EmptyState()
        self._empty.show_text(tr("Nothing is running."))
        self.table.setMinimumHeight(_LEAST_TABLE)
        whole.addWidget(self.table, 1)
        whole.addWidget(self._empty, 1)
        self.facts = FactGrid(
            (
                ("host", tr("Host")),
                ("version", tr("Version")),
                ("takes", tr("Task types")),
                ("labels", tr("Labels")),
                ("heartbeat", tr("Heartbeat")),
                ("started", tr("Started")),
                ("key", tr("Key")),
                ("executors", tr("Executors")),
                ("users", tr("Runs as")),
                ("permits", tr("Permits only")),
                ("limits", tr("Limits")),
                ("secrets", tr("Secrets")),
            )
        )
        whole.addLayout(self.facts)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setAccessibleName(tr("Worker"))
        self.body.addWidget(scroll, 1)
        self.body.addLayout(self._buttons())
        self.samples: Sequence[WorkerSample] = ()
        self._refresher = Refresher(context.background, self._load, name="worker", rest_ms=_REST_MS, parent=self)

    def _show_staleness(self) -> None:
        """Dim the charts while the backend cannot be reached."""
        for chart in (self.slots, self.cpu, self.memory):
            chart.set_stale(not self._context.connection.is_online)

    def _span_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        self._spans: list[QPushButton] = []
        for place, (words, length) in enumerate(_SPANS):
            button = QPushButton(range_words(words))
            button.setObjectName("range")
            button.setProperty("place", ("first", "middle", "last")[place])
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setChecked(place == 0)
            button.clicked.connect(lambda _checked=False, chosen=length: self._choose(chosen))
            self._spans.append(button)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        all_runs = QPushButton(tr("All runs"))
        all_runs.clicked.connect(lambda: self.runs_wanted.emit("" if self.worker is None else self.worker.id))
        self.drain, self.resume = QPushButton(tr("Drain…")), QPushButton(tr("Resume"))
        self.remove = QPushButton(tr("Remove…"))
        self.remove.setObjectName("danger")
        row.addWidget(all_runs)
        row.addStretch(1)
        for button, wanted in (
            (self.drain, self.drain_wanted),
            (self.resume, self.resume_wanted),
            (self.remove, self.remove_wanted),
        ):
            button.clicked.connect(partial(self._want, wanted))
            row.addWidget(button)
        return row

    def _want(self, wanted: SignalInstance, _checked: bool = False) -> None:
        if self.worker is not None:
            wanted.emit(self.worker)

    def show_worker(self, worker: Worker) -> None:
        """Show a worker, or its newer state."""
        is_other = self.worker is None or self.worker.id != worker.id
        self.worker = worker
        now = self._context.times.now()
        self.title.setText(worker.id)
        self.glyph.show_glyph(GLYPH_OF[worker.status])
        parts = [worker_status(worker)]
        if worker.status not in GONE:
            parts.append(tr("%1 of %2 slots in use", worker.current_task_count, worker.slots))
            parts.append(tr("up for %1", uptime_words(worker, now)))
        if worker.refusal is not None:
            parts.append(refusal_words(worker))
        self._status.setText(" · ".join(parts))
        self.facts.put("host", worker.hostname)
        self.facts.put("version", worker.version)
        self.facts.put("takes", takes_words(worker))
        self.facts.put("labels", label_words(worker))
        self.facts.put("heartbeat", tr("%1 ago", span(heartbeat_age(worker, now))))
        self.facts.put("started", absolute(worker.started_at))
        self.facts.put("key", key_words(worker))
        self.drain.setVisible(worker.status is WorkerStatus.ONLINE)
        self.resume.setVisible(worker.status is WorkerStatus.DRAINING)
        self.remove.setVisible(worker.status in GONE)
        if is_other:
            self.model.set_rows([])
            self._show_rules(None)
            self._show_samples((), Span(now - self._length, now), 60.0)
            self._refresher.request_now()

    def put_away(self) -> None:
        """Show nothing."""
        self.worker = None

    def refresh(self) -> None:
        """Load the history and the runs again, if a worker is shown."""
        if self.worker is not None and self.isVisible():
            self._refresher.request()

    def _choose(self, length: timedelta) -> None:
        self._length = length
        self._refresher.request_now()

    async def _load(self) -> None:
        worker = self.worker
        if worker is None:
            return
        client, now = self._context.connection.client, datetime.now(UTC)
        shown = Span(now - self._length, now)
        step = max(step_for(self._length), timedelta(minutes=1))
        try:
            detail = await client.get_worker(worker.id)
        except NotFoundError:  # it was removed a moment ago
            return
        history, runs = await asyncio.gather(
            client.workers_history(
                worker_id=[worker.id], since=shown.since.isoformat(), resolution=int(step.total_seconds())
            ),
            client.list_runs(
                worker_id=worker.id, status=[RunStatus.RUNNING, RunStatus.DISPATCHED], sort="id", limit=_MOST_RUNS
            ),
        )
        if self.worker is None or self.worker.id != worker.id:
            return
        self._show_rules(detail.rules)
        self.model.set_rows(runs.data)
        self.table.setVisible(bool(runs.data))
        self._empty.setVisible(not runs.data)
        self._show_samples(history[0].samples if history else (), shown, step.total_seconds())
        self.loaded.emit()

    def _show_rules(self, rules: WorkerRules | None) -> None:
        for name, words in rule_facts(rules).items():
            self.facts.put(name, words)

    def _show_samples(self, samples: Sequence[WorkerSample], shown: Span, step: float) -> None:
        self.samples = samples
        times = [sample.at.timestamp() + step / 2 for sample in samples]
        for chart, series in (
            (
                self.slots,
                [
                    Series(tr("slots"), lambda palette: palette.idle, [float(one.slots) for one in samples], _DASHES),
                    Series(tr("in use"), lambda palette: palette.accent, [float(one.busy) for one in samples]),
                ],
            ),
            (self.cpu, [Series(tr("CPU"), lambda palette: palette.accent, [one.cpu_percent for one in samples])]),
            (
                self.memory,
                [
                    Series(
                        tr("Memory"),
                        lambda palette: palette.warning,
                        [None if one.memory_bytes is None else one.memory_bytes / 2**20 for one in samples],
                    )
                ],
            ),
        ):
            chart.show_series(times, series, span=shown, step=step)

    def read_at(self, at: datetime | None) -> None:
        """Show the values at an instant, beside the charts; None shows none."""
        for chart in (self.slots, self.cpu, self.memory):
            chart.show_hair(at)
        best = min(self.samples, key=lambda sample: abs((sample.at - at).total_seconds()), default=None) if at else None
        if best is None:
            self.reading.setText("")
            return
        words = tr("%1: %2 of %3 slots", f"{best.at.astimezone():%H:%M}", best.busy, best.slots)
        if best.cpu_percent is not None:
            words += " · " + percent(round(best.cpu_percent))
        if best.memory_bytes is not None:
            words += f" · {memory_words(best.memory_bytes)}"
        self.reading.setText(words)


_DASHES = Qt.PenStyle.DashLine
