"""What else ran on the worker of a run while it did."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.context import Context
from console.status_words import status_words
from console.theme.glyphs import GLYPH_OF
from console.widgets.short_table import ShortTable
from console.widgets.surfaces import Card, label
from console.widgets.table_model import Column, RowsModel
from console.words import Times, absolute, duration, number, tr
from shared.models.run import Run

_LISTED = 8


def _columns(times: Times) -> list[Column[Run]]:
    return [
        Column(
            tr("Task"),
            lambda run: run.task_name,
            glyph=lambda run: GLYPH_OF[run.status],
            stretches=True,
            tooltip=lambda run: f"{run.task_name} · {status_words(run.status)}",
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
            tr("Started"),
            lambda run: times.show(run.started_at),
            widest="59 min ago",
            is_muted=True,
            tooltip=lambda run: absolute(run.started_at),
        ),
    ]


class BesideSection(Card):
    """`run_wanted` carries the id of a run."""

    run_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Ran at the same time"), parent)
        self.words = label("", "secondary")
        self.words.setWordWrap(True)
        self.model: RowsModel[Run] = RowsModel(_columns(context.times), key=lambda run: run.id)
        self.table = ShortTable(self.model, context.theme)
        self.table.setAccessibleName(tr("Ran at the same time"))
        self.table.opened.connect(lambda run: self.run_wanted.emit(run.id))
        self.body.addWidget(self.words)
        self.body.addWidget(self.table)

    def show_runs(self, run: Run, beside: Sequence[Run], *, most: int) -> None:
        """Show the runs beside a run; there may be more than `most`, which were asked for."""
        count = tr("%1 or more", number(most)) if len(beside) >= most else number(len(beside))
        self.words.setText(
            tr("Other runs on %1 at the same time: %2.", run.worker_id, count)
            if beside
            else tr("Nothing else ran on %1 at the same time.", run.worker_id)
        )
        self.model.set_rows(beside[:_LISTED])
        self.table.setVisible(bool(beside))

    def tick(self) -> None:
        """Show how time has passed."""
        self.model.times_passed()
