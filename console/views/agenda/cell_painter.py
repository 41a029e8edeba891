"""How the heads and cells of the calendar are drawn."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from console.theme.glyphs import Glyph, paint_glyph
from console.theme.palette import Palette
from console.views.agenda.pages import Cell, Page, Place, Scale, crowded_from
from console.views.agenda.words import cell_words, day_words
from console.words import brief_number, number, tr

HEAD = 28.0
SIDE = 52.0
PAD = 6.0
WARMEST = 0.3
"""How strongly the warmest cell is tinted: words reach 4.5:1 on it, shapes 3:1."""
_GLYPH = 12.0
_GAP = 4.0
"""Between two days: what stands at the right of one is not read with the next."""
_NARROW = 64.0
"""A day narrower than this has less space around its shapes."""
_BEFORE_GLYPH = 3.0
_BEFORE_MARK = 5.0
_IMPORTANCE = (Glyph.CROSS, Glyph.RING_DOTTED, Glyph.TRIANGLE)
"""Which marks a narrow cell keeps first: what failed, what is missing, what is too much at once."""
_NOTHING = Cell(datetime.min, datetime.min)
_DAY_IMPORTANCE = (Glyph.CROSS, Glyph.RING, Glyph.TICK, Glyph.RING_DOTTED, Glyph.TRIANGLE)
"""Which lines the cell of a day keeps first where it has no room for all."""


def rect_of(page: Page, place: Place, size: QSize) -> QRectF:
    """Return where a cell is drawn in a grid of a size."""
    side = 0.0 if page.scale is Scale.MONTH else SIDE
    width = (size.width() - side) / page.columns
    height = (size.height() - HEAD) / page.rows
    return QRectF(side + place[0] * width, HEAD + place[1] * height, width, height)


def paint_mark(painter: QPainter, box: QRectF, glyph: Glyph, palette: Palette) -> None:
    """Draw a shape; the dotted ring stands for a run that is missing here, and must stand out on any warmth."""
    paint_glyph(painter, box, glyph, replace(palette, idle=palette.warning))


def marks_that_fit(
    marks: Sequence[tuple[Glyph, int]], room: float, metrics: QFontMetrics, load: str
) -> tuple[list[tuple[Glyph, int]], bool]:
    """Return the marks that fit beside `load`, each with its number, and whether `load` fits, too.

    A shape without its number would be read with the number beside it. The most important mark stands alone where
    there is no room for both.
    """

    def width(mark: tuple[Glyph, int]) -> float:
        return _GLYPH + _BEFORE_GLYPH + metrics.horizontalAdvance(number(mark[1])) + _BEFORE_MARK

    left = room - metrics.horizontalAdvance(load)
    kept = set()
    ranked = sorted(marks, key=lambda mark: _IMPORTANCE.index(mark[0]))
    for mark in ranked:
        if width(mark) <= left:
            kept.add(mark)
            left -= width(mark)
    if not kept and ranked:
        return ranked[:1], False
    return [mark for mark in marks if mark in kept], True


def _fitting(count: int, room: float, metrics: QFontMetrics) -> str:
    """Return a count in full, or in short where it has no room."""
    words = number(count)
    return words if metrics.horizontalAdvance(words) <= room else brief_number(count)


class CellPainter:
    """Draws the cells of a page into a picture of a size. A cell is crowded from `slots` occurrences at once."""

    def __init__(
        self, page: Page, cells: Mapping[Place, Cell], size: QSize, palette: Palette, *, zone: ZoneInfo, slots: int
    ) -> None:
        self._page = page
        self._cells = cells
        self._size = size
        self._palette = palette
        self._zone = zone
        self._slots = slots
        self._crowded_from = crowded_from(cells.values(), slots=slots)

    def paint(self, painter: QPainter, now: Place | None) -> None:
        """Draw heads and cells; the head of today is marked."""
        most = max((cell.load for cell in self._cells.values()), default=0)
        self._heads(painter, now)
        for row in range(self._page.rows):
            for column in range(self._page.columns):
                place = (column, row)
                self._cell(painter, place, self._cells.get(place), most=most)

    def _rect_of(self, place: Place) -> QRectF:
        return rect_of(self._page, place, self._size)

    def _heads(self, painter: QPainter, now: Place | None) -> None:
        page, palette = self._page, self._palette
        form = {Scale.DAY: tr("dddd d MMMM"), Scale.MONTH: "ddd"}.get(page.scale, tr("ddd d"))
        font = painter.font()
        font.setPointSizeF(9)
        for column in range(page.columns):
            box = self._rect_of((column, 0))
            is_today = now is not None and page.scale is not Scale.MONTH and now[0] == column
            font.setBold(is_today)
            painter.setFont(font)
            painter.setPen(QColor(palette.accent if is_today else palette.muted))
            words = day_words(page.day_of((column, 0)), form)
            if painter.fontMetrics().horizontalAdvance(words) > box.width() - _GAP and page.shows_days:
                words = str(page.day_of((column, 0)).day)
            painter.drawText(QRectF(box.left(), 0, box.width(), HEAD), Qt.AlignmentFlag.AlignCenter, words)
        font.setBold(False)
        painter.setFont(font)
        if page.scale is Scale.MONTH:
            return
        painter.setPen(QColor(palette.muted))
        for row in range(page.rows):
            box = self._rect_of((0, row))
            painter.drawText(
                QRectF(0, box.top(), SIDE - 8, box.height()),
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                f"{row:02}:00",
            )

    def _cell(self, painter: QPainter, place: Place, cell: Cell | None, *, most: int) -> None:
        palette = self._palette
        box = self._rect_of(place)
        inner = box.adjusted(0, 0, -_GAP, -1)
        if cell is None and self._cells:
            painter.fillRect(inner, QColor(palette.raised))
        elif cell is not None and cell.load:
            warmth = QColor(palette.accent)
            warmth.setAlphaF(WARMEST * (0.1 + 0.9 * math.sqrt(cell.load / most)))
            painter.setPen(Qt.PenStyle.NoPen)
            share = cell.ran / cell.load
            ran = QRectF(inner.left(), inner.top(), inner.width() * share, inner.height())
            painter.fillRect(ran, warmth)
            if cell.planned:
                ahead = inner.adjusted(inner.width() * share, 0, 0, 0)
                faint = QColor(warmth)
                faint.setAlphaF(warmth.alphaF() * 0.7)
                painter.fillRect(ahead, faint)
                painter.setBrush(Qt.BrushStyle.BDiagPattern)
                brush = painter.brush()
                brush.setColor(warmth)
                painter.fillRect(ahead, brush)
        painter.setPen(QPen(QColor(palette.line), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        corner = box.bottomRight() - QPointF(0.5, 0.5)
        painter.drawLine(QPointF(box.left(), corner.y()), corner - QPointF(_GAP, 0))
        if self._page.scale is Scale.MONTH:
            self._day(painter, place, box, cell or _NOTHING)
        elif cell is not None:
            self._hour(painter, box, cell)

    def _marks_of(self, cell: Cell) -> list[tuple[Glyph, int]]:
        """Return the shapes that stand out in a cell, with what they count."""
        marks = []
        if cell.missing:
            marks.append((Glyph.RING_DOTTED, cell.missing))
        if self._crowded_from is not None and cell.peak >= self._crowded_from:
            marks.append((Glyph.TRIANGLE, cell.peak))
        if cell.bad:
            marks.append((Glyph.CROSS, cell.bad))
        return marks

    def _hour(self, painter: QPainter, box: QRectF, cell: Cell) -> None:
        palette = self._palette
        middle = box.center().y()
        right = box.right() - PAD - _GAP
        load = number(cell.load) if cell.load else ""
        shown = self._marks_of(cell) if self._page.shows_days else []
        if shown:
            room_for_marks = right - box.left() - PAD
            shown, has_load = marks_that_fit(shown, room_for_marks, painter.fontMetrics(), load)
            load = load if has_load else ""
        for glyph, count in shown:
            right -= _GLYPH
            paint_mark(painter, QRectF(right, middle - _GLYPH / 2, _GLYPH, _GLYPH), glyph, palette)
            words = number(count)
            width = painter.fontMetrics().horizontalAdvance(words)
            right -= width + _BEFORE_GLYPH
            painter.setPen(QColor(palette.text))
            painter.drawText(
                QRectF(right, box.top(), width + 2, box.height()), int(Qt.AlignmentFlag.AlignVCenter), words
            )
            right -= _BEFORE_MARK
        painter.setPen(QColor(palette.text if cell.load or cell.missing else palette.muted))
        room = QRectF(box.left() + PAD, box.top(), right - box.left() - PAD, box.height())
        words = load
        if self._page.scale is Scale.DAY:
            left = room.left()
            for glyph, _ in reversed(self._marks_of(cell)):
                paint_mark(painter, QRectF(left, middle - _GLYPH / 2, _GLYPH, _GLYPH), glyph, palette)
                left += _GLYPH + 4
            room.setLeft(left)
            words = " · ".join(cell_words(cell, slots=self._slots, zone=self._zone))
            words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)

    def _day(self, painter: QPainter, place: Place, box: QRectF, cell: Cell) -> None:
        palette = self._palette
        day = self._page.day_of(place)
        is_other = day.month != self._page.day_of((0, 2)).month
        is_today = self._page.place_of(datetime.now(UTC), self._zone) == place
        font = painter.font()
        font.setBold(is_today)
        painter.setFont(font)
        number_box = QRectF(box.left() + PAD, box.top() + 4, 22, 18)
        if is_today:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent))
            painter.drawRoundedRect(number_box.adjusted(-4, 0, 4, 0), 6, 6)
            painter.setPen(QColor(palette.on_accent))
            painter.drawText(number_box, Qt.AlignmentFlag.AlignCenter, str(day.day))
        else:
            painter.setPen(QColor(palette.muted if is_other and not cell.load else palette.text))
            painter.drawText(number_box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), str(day.day))
        font.setBold(False)
        painter.setFont(font)
        top = box.top() + 26
        counts = self._marks_of(cell)
        if cell.planned:
            counts.insert(0, (Glyph.RING, cell.planned))
        if cell.ran - cell.bad:
            counts.insert(0, (Glyph.TICK, cell.ran - cell.bad))
        is_narrow = box.width() < _NARROW
        pad, gap = (2.0, 2.0) if is_narrow else (PAD, 4.0)
        room_for_words = box.width() - _GAP - pad - _GLYPH - gap
        lines = [(glyph, _fitting(count, room_for_words, painter.fontMetrics())) for glyph, count in counts]
        widest = max((painter.fontMetrics().horizontalAdvance(words) for _, words in lines), default=0)
        fits_twice = box.width() / 2 >= pad + _GLYPH + gap + widest
        columns = 2 if fits_twice and (box.width() > 130 or top + 18 * len(lines) > box.bottom()) else 1
        room = max(int((box.bottom() - top) // 18), 1) * columns
        if len(lines) > room:
            urgent = sorted(lines, key=lambda line: _DAY_IMPORTANCE.index(line[0]))[:room]
            lines = [line for line in lines if line in urgent]
        for place_in_cell, (mark, words) in enumerate(lines):
            left = box.left() + pad + (place_in_cell % columns) * box.width() / 2
            y = top + (place_in_cell // columns) * 18
            if y + 16 > box.bottom():
                return
            paint_mark(painter, QRectF(left, y + 1, _GLYPH, _GLYPH), mark, palette)
            painter.setPen(QColor(palette.text))
            painter.drawText(
                QRectF(left + _GLYPH + gap, y - 1, box.width(), 16), int(Qt.AlignmentFlag.AlignVCenter), words
            )
