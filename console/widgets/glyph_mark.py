"""A status shape as a widget."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.theme.current import Theme
from console.theme.glyphs import PAST_OPACITY, Glyph, paint_glyph

_SIDE = 14


class GlyphMark(QWidget):
    """Draws `glyph` in the colours of the theme."""

    def __init__(self, theme: Theme, glyph: Glyph = Glyph.RING, *, side: int = _SIDE) -> None:
        super().__init__()
        self._theme = theme
        self.glyph = glyph
        self._is_past = False
        self.setFixedSize(QSize(side, side))
        theme.changed.connect(self.update)

    def set_past(self, is_past: bool) -> None:
        """Dim the shape of what is no longer true."""
        self._is_past = is_past
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: draw the shape."""
        painter = QPainter(self)
        painter.setOpacity(PAST_OPACITY if self._is_past else 1.0)
        paint_glyph(painter, QRectF(self.rect()), self.glyph, self._theme.palette)
        painter.end()
