"""A status shape as a widget."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.theme.current import Theme
from console.theme.glyphs import Glyph, paint_glyph

_SIDE = 14


class GlyphMark(QWidget):
    """Draws `glyph` in the colours of the theme."""

    def __init__(self, theme: Theme, glyph: Glyph = Glyph.RING, *, side: int = _SIDE) -> None:
        super().__init__()
        self._theme = theme
        self.glyph = glyph
        self.setFixedSize(QSize(side, side))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: draw the shape."""
        painter = QPainter(self)
        paint_glyph(painter, QRectF(self.rect()), self.glyph, self._theme.palette)
        painter.end()
