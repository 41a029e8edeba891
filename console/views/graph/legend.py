"""The legend of the graph."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.theme.current import Theme
from console.views.graph.items import edge_style, paint_mark
from console.words import tr
from shared.enums import DependencyCondition, DependencyWindow
from shared.models.task_graph import GraphEdge

_LINE = 28
_GAP = 16


class Legend(QWidget):
    """A sample of each line with its words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setObjectName("secondary")
        theme.changed.connect(self.update)

    def _samples(self) -> list[tuple[DependencyCondition, DependencyWindow, str]]:
        latest = DependencyWindow.LATEST
        return [
            (DependencyCondition.SUCCESS, latest, tr("after success")),
            (DependencyCondition.FAILURE, latest, tr("after failure")),
            (DependencyCondition.COMPLETION, latest, tr("after any outcome")),
            (DependencyCondition.SUCCESS, DependencyWindow.PERIOD, tr("thick ring: whole period")),
        ]

    def sizeHint(self) -> QSize:
        """Override QWidget.sizeHint: return the room for all samples."""
        metrics = self.fontMetrics()
        width = sum(metrics.horizontalAdvance(words) + _LINE + 32 + _GAP for *_, words in self._samples())
        return QSize(width, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: draw the samples beside each other."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = 0.0
        for condition, window, words in self._samples():
            edge = GraphEdge(task_id=0, upstream_id=0, condition=condition, window=window)
            colour, line, _ = edge_style(edge, palette)
            painter.setPen(QPen(QColor(colour), 3.0 if window is DependencyWindow.PERIOD else 1.4, line))
            painter.drawLine(QPointF(x, 12), QPointF(x + _LINE, 12))
            x += _LINE + 4
            paint_mark(painter, QRectF(x + 2, 6, 12, 12), edge, palette)
            x += 24
            painter.setPen(QColor(palette.muted))
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(QRectF(x, 0, width + 4, 24), int(Qt.AlignmentFlag.AlignVCenter), words)
            x += width + _GAP
        painter.end()
