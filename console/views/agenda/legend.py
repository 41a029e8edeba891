"""What shapes and fills of the calendar mean."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.theme.current import Theme
from console.theme.glyphs import Glyph
from console.views.agenda.cell_painter import WARMEST, paint_mark
from console.words import tr

_GAP = 16


class Legend(QWidget):
    """Samples beside their words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setObjectName("secondary")
        theme.changed.connect(self.update)

    def _samples(self) -> list[tuple[Glyph | Qt.BrushStyle, str]]:
        return [
            (Qt.BrushStyle.SolidPattern, tr("ran")),
            (Qt.BrushStyle.BDiagPattern, tr("due")),
            (Glyph.CROSS, tr("failed")),
            (Glyph.TRIANGLE, tr("far more runs than slots")),
            (Glyph.RING_DOTTED, tr("missed")),
        ]

    def sizeHint(self) -> QSize:
        """Override QWidget.sizeHint: return the room for all samples."""
        metrics = self.fontMetrics()
        return QSize(sum(metrics.horizontalAdvance(words) + 20 + _GAP for _, words in self._samples()), 20)

    def minimumSizeHint(self) -> QSize:
        """Override QWidget.minimumSizeHint: a narrow window leaves out the last samples."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: draw them in a line."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = 0.0
        for sample, words in self._samples():
            width = painter.fontMetrics().horizontalAdvance(words)
            if x + 20 + width > self.width():
                break
            box = QRectF(x, 4, 12, 12)
            if isinstance(sample, Glyph):
                paint_mark(painter, box, sample, palette)
            else:
                warmth = QColor(palette.accent)
                warmth.setAlphaF(WARMEST)
                painter.fillRect(box, QBrush(warmth, sample))
                painter.setPen(QColor(palette.line))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box)
            painter.setPen(QColor(palette.muted))
            painter.drawText(QRectF(x + 18, 0, width + 4, 20), int(Qt.AlignmentFlag.AlignVCenter), words)
            x += 20 + width + _GAP
        painter.end()
