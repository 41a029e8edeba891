"""Drawing one row of a log onto a grid of cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from console.theme.palette import Palette
from console.theme.terminal_colours import readable, terminal_colours
from console.views.runs.log.ansi import Colour, Span, Style, cube_colour
from console.views.runs.log.document import cells


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one style and one width of character, at a cell of its row."""

    cell: int
    text: str
    style: Style


def pieces(spans: Sequence[Span], first: int, count: int) -> Iterator[Piece]:
    """Yield what lies between the cells `first` and `first + count` of a line; wide characters come one by one."""
    cell = 0
    for span in spans:
        if cell >= first + count:
            return
        if span.text.isascii():
            begin = max(first - cell, 0)
            text = span.text[begin : first + count - cell]
            if text:
                yield Piece(cell + begin - first, text, span.style)
            cell += len(span.text)
            continue
        for character in span.text:
            if first <= cell < first + count:
                yield Piece(cell - first, character, span.style)
            cell += cells(character)


class LinePainter:
    """Knows the font's cell and the theme's colours."""

    def __init__(self, font: QFont, palette: Palette) -> None:
        self.metrics = QFontMetricsF(font)
        self.cell = self.metrics.horizontalAdvance("0")
        self.height = self.metrics.height() + 2
        self._palette = palette
        self._fonts: dict[tuple[bool, bool, bool, bool], QFont] = {}
        self.font = font
        self._sixteen = terminal_colours(palette)

    def paint(self, painter: QPainter, left: float, top: float, found: Sequence[Piece], *, default: str) -> None:
        """Override QGraphicsItem.paint: draw pieces; `default` is the colour of text that has none of its own."""
        base = top + 1 + self.metrics.ascent()
        for piece in found:
            style = piece.style
            x = left + piece.cell * self.cell
            ground = self._colour(style.background)
            text = self._colour(style.foreground) or default
            if style.inverse:
                ground, text = text, ground or self._palette.panel
            if ground is not None:
                painter.fillRect(QRectF(x, top, cells(piece.text) * self.cell, self.height), QColor(ground))
            if style.hidden:
                continue
            colour = QColor(readable(text, ground or self._palette.panel, self._text_on(ground)))
            if style.faint:
                colour.setAlphaF(0.65)
            painter.setPen(colour)
            painter.setFont(self._font_of(style))
            painter.drawText(QPointF(x, base), piece.text)

    def _text_on(self, ground: str | None) -> str:
        """Return a colour that can be read on a ground of the program's choice."""
        if ground is None:
            return self._palette.text
        parts = [int(ground[at : at + 2], 16) for at in (1, 3, 5)]
        return "#000000" if sum(parts) > 3 * 127 else "#ffffff"

    def _colour(self, colour: Colour) -> str | None:
        if colour is None:
            return None
        if isinstance(colour, int):
            if colour < len(self._sixteen):
                return self._sixteen[colour]
            colour = cube_colour(colour)
        red, green, blue = colour
        return f"#{red:02x}{green:02x}{blue:02x}"

    def _font_of(self, style: Style) -> QFont:
        key = (style.bold, style.italic, style.underlined, style.struck)
        font = self._fonts.get(key)
        if font is None:
            font = QFont(self.font)
            font.setKerning(False)
            font.setWeight(QFont.Weight.Bold if style.bold else QFont.Weight.Normal)
            font.setItalic(style.italic)
            font.setUnderline(style.underlined)
            font.setStrikeOut(style.struck)
            self._fonts[key] = font
        return font
