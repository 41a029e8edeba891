"""What the colours of the queue's chart stand for."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.theme.current import Theme
from console.views.overview.queue_chart import colour_of, priority_words
from console.views.overview.series import STACK

_BOX = 8
_GAP = 16


class Legend(QWidget):
    """The priorities in a row, from the most urgent."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return the room that all words need."""
        metrics = self.fontMetrics()
        width = sum(metrics.horizontalAdvance(priority_words(one)) + _BOX + 6 + _GAP for one in STACK)
        return QSize(width, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        """Never less than all words."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a square and a word for each priority."""
        painter = QPainter(self)
        metrics = self.fontMetrics()
        left = 0
        middle = self.height() / 2
        for priority in reversed(STACK):
            painter.fillRect(
                QRectF(left, middle - _BOX / 2, _BOX, _BOX), QColor(colour_of(priority, self._theme.palette))
            )
            left += _BOX + 6
            painter.setPen(QColor(self._theme.palette.muted))
            words = priority_words(priority)
            painter.drawText(left, int(middle + metrics.ascent() / 2 - 1), words)
            left += metrics.horizontalAdvance(words) + _GAP
        painter.end()
