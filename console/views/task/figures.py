"""The four figures of a task: when it runs next, how its last run was, how many succeed, and how long they take."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.status_words import status_words
from console.theme.current import Theme
from console.views.task.run_summary import RunSummary, band_words, run_milliseconds
from console.widgets.figure import Figure
from console.widgets.wrapping_row import WrappingRow
from console.words import Times, duration, number, percent, tr
from shared.enums import RunStatus, TaskStatus
from shared.models.run import Run
from shared.models.task import Task

_TILE_WIDTH = 150
_TONES = {RunStatus.FAILED: "bad", RunStatus.TIMED_OUT: "warning"}
_FEW = 0.9
"""A smaller share of successes is shown as trouble."""


class TaskFigures(QWidget):
    """`wanted` carries the name of the figure that was clicked: `next`, `last`, `succeeded` or `duration`."""

    wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = {
            name: Figure(theme, caption, opens=opens)
            for name, caption, opens in (
                ("next", tr("Next run"), tr("Show the day of the next run in the agenda")),
                ("last", tr("Last run"), tr("Open the last run")),
                ("succeeded", tr("Succeeded"), tr("Show the failed runs of this task")),
                ("duration", tr("Usual duration"), tr("Show the succeeded runs of this task")),
            )
        }
        for name, figure in self.figures.items():
            figure.clicked.connect(lambda chosen=name: self.wanted.emit(chosen))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(WrappingRow(list(self.figures.values()), least_width=_TILE_WIDTH, spacing=12))

    def show_task(self, task: Task, runs: Sequence[Run], summary: RunSummary, times: Times, now: datetime) -> None:
        """Show the figures of a task and its last runs, which come the newest first."""
        self._show_next(task, times, now)
        self._show_last(runs[0] if runs else None, times, now)
        share = summary.share
        self.figures["succeeded"].show_value(
            "–" if share is None else percent(round(100 * share)),
            "" if share is None else tr("%1 of %2", number(summary.succeeded), number(summary.judged)),
            tone="" if share is None else "good" if share == 1 else "bad" if share < _FEW else "",
        )
        band = summary.band
        good = next((run for run in runs if run.status is RunStatus.SUCCEEDED), None)
        took = run_milliseconds(good, now) if good is not None else None
        self.figures["duration"].show_value(
            duration(round(band.median)) if band is not None else duration(round(took)) if took is not None else "–",
            band_words(band),
        )

    def _show_next(self, task: Task, times: Times, now: datetime) -> None:
        if task.status is TaskStatus.PAUSED:
            self.figures["next"].show_value(tr("paused"))
        elif task.next_run_at is None:
            self.figures["next"].show_value("–", tr("no schedule") if task.schedule is None else "")
        else:
            self.figures["next"].show_value(times.due(task.next_run_at, now))

    def _show_last(self, newest: Run | None, times: Times, now: datetime) -> None:
        if newest is None:
            self.figures["last"].show_value("–", tr("never"))
            return
        at = times.show(newest.completed_at or newest.started_at or newest.queued_at, now)
        self.figures["last"].show_value(status_words(newest.status), at, tone=_TONES.get(newest.status, ""))
