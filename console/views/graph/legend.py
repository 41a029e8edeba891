"""The legend of the graph."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.theme.current import Theme
from console.views.graph.edges import edge_style
from console.words import tr
from shared.enums import DependencyCondition, DependencyWindow

_LINE = 36
_GAP = 16
_SHORT_LINE = 22
_SMALL_GAP = 8
_BESIDE_LINE = 8


class Legend(QWidget):
    """A sample of each line with its words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setObjectName("secondary")
        theme.changed.connect(self.update)

    def _samples(self) -> list[tuple[DependencyCondition, DependencyWindow, str]]:
        latest = DependencyWindow.LATEST
        return [
            (DependencyCondition.SUCCESS, latest, tr("after success")),
            (DependencyCondition.FAILURE, latest, tr("after failure")),
            (DependencyCondition.COMPLETION, latest, tr("after any outcome")),
            (DependencyCondition.SUCCESS, DependencyWindow.PERIOD, tr("after all runs of the period")),
        ]

    def sizeHint(self) -> QSize:
        """Override QWidget.sizeHint: return the room for all samples."""
        return QSize(self._width(_LINE, _GAP), 24)

    def minimumSizeHint(self) -> QSize:
        """Override QWidget.minimumSizeHint: the same words, with less between them."""
        return QSize(self._width(_SHORT_LINE, _SMALL_GAP), 24)

    def _width(self, line: int, gap: int) -> int:
        metrics = self.fontMetrics()
        return sum(metrics.horizontalAdvance(words) + line + _BESIDE_LINE + 4 + gap for *_, words in self._samples())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: draw the samples beside each other."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = 0.0
        has_room = self.width() >= self.sizeHint().width()
        length, gap = (_LINE, _GAP) if has_room else (_SHORT_LINE, _SMALL_GAP)
        for condition, window, words in self._samples():
            colour, thickness, line = edge_style((condition, window), palette)
            painter.setPen(QPen(QColor(colour), thickness, line))
            painter.drawLine(QPointF(x, 12), QPointF(x + length, 12))
            x += length + _BESIDE_LINE
            painter.setPen(QColor(palette.muted))
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(QRectF(x, 0, width + 4, 24), int(Qt.AlignmentFlag.AlignVCenter), words)
            x += width + gap
        painter.end()
