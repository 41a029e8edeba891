"""The cell that shows how many slots of a worker were in use over the last hour."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from console.charts.spark import paint_spark
from console.theme.current import Theme
from console.widgets.cell_delegate import PADDING, CellDelegate
from console.widgets.data_table import DataTable
from shared.models.worker import Worker, WorkerHistory, WorkerSample

WINDOW = timedelta(hours=1)
STEP_SECONDS = 60


class SlotsSpark(CellDelegate):
    """Draws like every cell, and the line over it."""

    def __init__(self, theme: Theme, table: DataTable, *, now: Callable[[], datetime]) -> None:
        super().__init__(theme, table)
        self._table = table
        self._now = now
        self._palette = theme
        self._samples: dict[str, Sequence[WorkerSample]] = {}

    def show_history(self, workers: Sequence[WorkerHistory]) -> None:
        """Show the last hour of these workers."""
        self._samples = {worker.worker_id: worker.samples for worker in workers}
        self._table.viewport().update()

    def samples_of(self, worker_id: str) -> Sequence[WorkerSample]:
        """Return what is drawn for a worker."""
        return self._samples.get(worker_id, ())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell, then the line."""
        other = self._table.itemDelegate()
        if isinstance(other, CellDelegate):
            self.hovered_row, self.is_stale = other.hovered_row, other.is_stale
        super().paint(painter, option, index)
        worker: Worker | None = self._table.rows_model.row_at(index.row())
        if worker is None:
            return
        samples = self.samples_of(worker.id)
        until = self._now()
        paint_spark(
            painter,
            QRectF(option.rect).adjusted(PADDING, 6, -PADDING, -6),
            [sample.at.timestamp() for sample in samples],
            [float(sample.busy) for sample in samples],
            self._palette.palette,
            since=(until - WINDOW).timestamp(),
            until=until.timestamp(),
            top=float(worker.slots),
            step=float(STEP_SECONDS),
        )
