"""The last runs of a task: a chart of their durations with the usual band, a strip of their outcomes, the newest."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from console.charts.run_chart import SLOTS, RunChart, RunMark
from console.context import Context
from console.reason_words import reason
from console.status_words import status_words, trigger_words
from console.theme.glyphs import GLYPH_OF
from console.views.task.run_summary import band_words, marks_of, pace_words, run_milliseconds, summarise, with_run
from console.widgets.elided_label import ElidedLabel
from console.widgets.short_table import ShortTable
from console.widgets.surfaces import Card
from console.widgets.table_model import Column, RowsModel
from console.words import Times, absolute, duration, number, sentences, tr
from shared.enums import RunStatus
from shared.models.run import Run

_LISTED = 6
_BAD = (RunStatus.FAILED, RunStatus.TIMED_OUT)


def _run_columns(times: Times) -> list[Column[Run]]:
    return [
        Column(
            tr("Run"),
            lambda run: f"{status_words(run.status)} · {run.id}",
            glyph=lambda run: GLYPH_OF[run.status],
            widest=f"{status_words(RunStatus.SUCCEEDED)} · 1234567",
        ),
        Column(
            tr("Reason"),
            lambda run: reason(run).partition("\n")[0] if run.status in _BAD else "",
            stretches=True,
            is_bad=lambda run: run.status in _BAD,
            tooltip=reason,
        ),
        Column(tr("Trigger"), lambda run: trigger_words(run.trigger), widest="Dependency", is_muted=True, goes_at=3),
        Column(
            tr("Worker"),
            lambda run: run.worker_id or "",
            widest="worker-12345678",
            is_muted=True,
            grows=True,
            goes_at=2,
            tooltip=lambda run: run.worker_id or "",
        ),
        Column(
            tr("Duration"),
            lambda run: duration(run.execution_time_ms),
            widest=duration(999),
            is_number=True,
            is_muted=True,
            goes_at=1,
        ),
        Column(
            tr("When"),
            lambda run: times.show(run.completed_at or run.started_at or run.queued_at),
            widest="59 min ago",
            is_muted=True,
            tooltip=lambda run: absolute(run.completed_at or run.started_at or run.queued_at),
        ),
    ]


class RunSection(Card):
    """`run_wanted` carries the id of a run, `all_wanted` asks for all runs of the task."""

    run_wanted = Signal(int)
    all_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Runs"), parent)
        self._times = context.times
        self.runs: list[Run] = []
        self._shown: RunMark | None = None
        self.all = QPushButton(tr("Show all runs"))
        self.all.setObjectName("pageLink")
        self.all.clicked.connect(self.all_wanted)
        self.head.addWidget(self.all)
        self.reading = ElidedLabel("", "secondary")
        self.chart = RunChart(context.theme)
        self.chart.opened.connect(self.run_wanted)
        self.chart.pointed.connect(self._show_reading)
        self.model: RowsModel[Run] = RowsModel(_run_columns(context.times), key=lambda run: run.id)
        self.table = ShortTable(self.model, context.theme)
        self.table.setAccessibleName(tr("Newest runs"))
        self.table.opened.connect(lambda run: self.run_wanted.emit(run.id))
        for part in (self.reading, self.chart, self.table):
            self.body.addWidget(part)
        self._never = ElidedLabel(tr("This task has never run. Its runs appear here."), "empty")
        self.body.addWidget(self._never)
        self._show()

    @property
    def newest(self) -> Run | None:
        """The newest run."""
        return self.runs[0] if self.runs else None

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Show runs, the newest first."""
        self.runs = list(runs)
        self._show()

    def receive(self, run: Run) -> None:
        """Show the newer state of a run, or a new run."""
        if run.fan_out_run_id is None:
            self.show_runs(with_run(self.runs, run, most=SLOTS))

    def tick(self) -> None:
        """Show how time has passed: a run that goes on is longer, and what ended is older."""
        self._show_chart()
        self.model.times_passed()

    def _show(self) -> None:
        has_runs = bool(self.runs)
        for part in (self.reading, self.chart, self.table, self.all):
            part.setVisible(has_runs)
        self._never.setVisible(not has_runs)
        self._show_chart()
        self.model.set_rows(self.runs[:_LISTED])

    def _show_chart(self) -> None:
        if self.runs:
            summary = summarise(self.runs)
            self.chart.show_marks(marks_of(self.runs, summary.band, self._times, self._times.now()), summary.band)
        self._show_reading(self.chart.marked)

    def _show_reading(self, mark: RunMark | None) -> None:
        """Say what is known of the run that is pointed at; otherwise what is usual."""
        self.reading.setText(mark.words if mark is not None else self._usual_words())

    def _usual_words(self) -> str:
        summary = summarise(self.runs)
        shown = number(len(self.runs))
        if summary.band is None:
            return tr("The last %1 runs. Too few have succeeded to say how long one usually takes.", shown)
        usual = band_words(summary.band)
        newest = self.newest
        took = run_milliseconds(newest, self._times.now()) if newest is not None else None
        pace = pace_words(took, summary.band) if newest is not None and newest.status is RunStatus.SUCCEEDED else ""
        words = tr("The last %1 runs. Usual duration: %2 (8 of 10 successful runs).", shown, usual)
        return sentences(words, tr("The newest was %1.", pace)) if pace else words
