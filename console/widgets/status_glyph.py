"""A status's shape by itself."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.theme.current import Theme
from console.theme.glyphs import Glyph, paint_glyph

_SIZE = 16


class StatusGlyph(QWidget):
    """A shape in the size of a line; it follows the theme."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._glyph = Glyph.RING
        self.setFixedSize(QSize(_SIZE, _SIZE))
        theme.changed.connect(self.update)

    def show_glyph(self, glyph: Glyph) -> None:
        """Show another shape."""
        self._glyph = glyph
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape."""
        painter = QPainter(self)
        paint_glyph(painter, QRectF(0, 0, _SIZE, _SIZE), self._glyph, self._theme.palette)
        painter.end()
