"""The cells of the calendar: hours or days, the warmer the more ran or is due in them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from console.theme.current import Theme
from console.theme.glyphs import Glyph, paint_glyph
from console.theme.palette import Palette
from console.views.agenda.pages import Cell, Page, Place, Scale, crowded_from
from console.views.agenda.words import cell_title, cell_words, day_words
from console.widgets.plain_tip import plain_tip
from console.words import number, tr

HEAD = 28.0
SIDE = 52.0
WARMEST = 0.3
"""How strongly the warmest cell is tinted: words reach 4.5:1 on it, shapes 3:1."""
_GLYPH = 12.0
_PAD = 6.0
_GAP = 4.0
"""Between two days: what stands at the right of one is not read with the next."""
_BEFORE_GLYPH = 3.0
_BEFORE_MARK = 5.0
_IMPORTANCE = (Glyph.CROSS, Glyph.RING_DOTTED, Glyph.TRIANGLE)
"""Which marks a narrow cell keeps first: what failed, what is missing, what is too much at once."""
_NOTHING = Cell(datetime.min, datetime.min)
_MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


_DAY_IMPORTANCE = (Glyph.CROSS, Glyph.RING, Glyph.TICK, Glyph.RING_DOTTED, Glyph.TRIANGLE)
"""Which lines the cell of a day keeps first where it has no room for all."""


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


class HeatGrid(QWidget):
    """`chosen` follows each choice of a cell, `opened` Enter or a double click, `turned` a step off the page.

    Heads and cells are drawn once into a picture, and again only when they have changed: showing the view again, or
    moving over it, draws no cell.
    """

    chosen = Signal()
    opened = Signal()
    turned = Signal(int, int)

    def __init__(self, theme: Theme, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._zone = zone
        self._page: Page | None = None
        self.cells: Mapping[Place, Cell] = {}
        self._slots = 0
        self._crowded_from: int | None = None
        self._is_stale = False
        self._picture: QPixmap | None = None
        self._pictured: object = None
        self.place: Place = (0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._draw_again)

    def sizeHint(self) -> QSize:
        """Override QWidget.sizeHint: return the least that can be read."""
        return QSize(480, 440)

    def show_page(self, page: Page, cells: Mapping[Place, Cell], *, slots: int) -> None:
        """Draw another page, or newer cells of the same."""
        is_same = (page, cells, slots) == (self._page, self.cells, self._slots)
        self._page, self.cells, self._slots = page, cells, slots
        self._crowded_from = crowded_from(cells.values(), slots=slots)
        self.place = (min(self.place[0], page.columns - 1), min(self.place[1], page.rows - 1))
        self._update_accessible_name()
        if not is_same:
            self._draw_again()

    def set_stale(self, is_stale: bool) -> None:
        """Grey the cells while newer ones are awaited or cannot be had."""
        if is_stale != self._is_stale:
            self._is_stale = is_stale
            self._draw_again()

    def _draw_again(self) -> None:
        self._picture = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget.resizeEvent: draw at the new size."""
        super().resizeEvent(event)
        self._picture = None

    @property
    def cell(self) -> Cell | None:
        """The chosen cell; None for an hour that the clock leaves out."""
        return self.cells.get(self.place)

    def choose(self, place: Place) -> None:
        """Choose a cell."""
        self.place = place
        self._update_accessible_name()
        self.update()
        self.chosen.emit()

    def rect_of(self, place: Place) -> QRectF:
        """Return where a cell is drawn."""
        assert self._page is not None
        side = 0.0 if self._page.scale is Scale.MONTH else SIDE
        width = (self.width() - side) / self._page.columns
        height = (self.height() - HEAD) / self._page.rows
        return QRectF(side + place[0] * width, HEAD + place[1] * height, width, height)

    def place_at(self, point: QPoint) -> Place | None:
        """Return the cell at a point."""
        if self._page is None:
            return None
        first = self.rect_of((0, 0))
        column = math.floor((point.x() - first.left()) / first.width())
        row = math.floor((point.y() - first.top()) / first.height())
        return (column, row) if 0 <= column < self._page.columns and 0 <= row < self._page.rows else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget.keyPressEvent: walk with the arrow keys, off the page at its edges; Enter opens."""
        move = _MOVES.get(Qt.Key(event.key()))
        if move is not None and self._page is not None:
            column, row = self.place[0] + move[0], self.place[1] + move[1]
            if 0 <= column < self._page.columns and 0 <= row < self._page.rows:
                self.choose((column, row))
            else:
                self.turned.emit(*move)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mousePressEvent: choose the cell under the pointer."""
        place = self.place_at(event.position().toPoint())
        if place is not None:
            self.choose(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mouseDoubleClickEvent: open the cell under the pointer."""
        if self.place_at(event.position().toPoint()) is not None:
            self.opened.emit()

    def event(self, event: QEvent) -> bool:
        """Override QWidget.event: say what is in the cell under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.place_at(event.pos())
            words = self._words_of(place) if place is not None else ""
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().event(event)

    def _words_of(self, place: Place) -> str:
        cell = self.cells.get(place)
        if cell is None or self._page is None:
            return tr("This hour does not exist: the clock goes forward.")
        parts = cell_words(cell, slots=self._slots, zone=self._zone) or [tr("no runs")]
        return "\n".join([cell_title(self._page, cell, self._zone), *parts])

    def _update_accessible_name(self) -> None:
        self.setAccessibleName(self._words_of(self.place).replace("\n", ", "))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: draw heads, cells, the chosen one and the present."""
        page = self._page
        if page is None:
            return
        palette = self._theme.palette
        now = page.place_of(datetime.now(UTC), self._zone)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn(page, now))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._is_stale:
            painter.setOpacity(0.5)
        if now is not None and page.scale is not Scale.MONTH:
            self._paint_now(painter, palette, now)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(palette.accent), 2.0 if self.hasFocus() else 1.4))
        painter.drawRoundedRect(self.rect_of(self.place).adjusted(1.5, 1.5, -1.5, -1.5), 4, 4)
        if self.hasFocus():
            painter.setPen(QColor(palette.accent))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    def _drawn(self, page: Page, now: Place | None) -> QPixmap:
        """Return the picture of heads and cells; `now` changes how a day is drawn."""
        sight = (self.devicePixelRatioF(), now if page.scale is Scale.MONTH or now is None else now[0])
        if self._picture is None or self._pictured != sight:
            ratio = self.devicePixelRatioF()
            self._picture, self._pictured = QPixmap(self.size() * ratio), sight
            self._picture.setDevicePixelRatio(ratio)
            palette = self._theme.palette
            self._picture.fill(QColor(palette.panel))
            painter = QPainter(self._picture)
            painter.setFont(self.font())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setOpacity(0.5 if self._is_stale else 1.0)
            most = max((cell.load for cell in self.cells.values()), default=0)
            self._paint_heads(painter, palette, page, now)
            for row in range(page.rows):
                for column in range(page.columns):
                    place = (column, row)
                    self._paint_cell(painter, palette, place, self.cells.get(place), most=most)
            painter.end()
        return self._picture

    def _paint_heads(self, painter: QPainter, palette: Palette, page: Page, now: Place | None) -> None:
        form = {Scale.DAY: tr("dddd d MMMM"), Scale.MONTH: "ddd"}.get(page.scale, tr("ddd d"))
        font = painter.font()
        font.setPointSizeF(9)
        for column in range(page.columns):
            box = self.rect_of((column, 0))
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
            box = self.rect_of((0, row))
            painter.drawText(
                QRectF(0, box.top(), SIDE - 8, box.height()),
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                f"{row:02}:00",
            )

    def _paint_cell(self, painter: QPainter, palette: Palette, place: Place, cell: Cell | None, *, most: int) -> None:
        box = self.rect_of(place)
        inner = box.adjusted(0, 0, -_GAP, -1)
        if cell is None and self.cells:
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
        if self._page is not None and self._page.scale is Scale.MONTH:
            self._paint_day(painter, palette, place, box, cell or _NOTHING)
        elif cell is not None:
            self._paint_hour(painter, palette, box, cell)

    def marks_of(self, cell: Cell) -> list[tuple[Glyph, int]]:
        """Return the shapes that stand out in a cell, with what they count."""
        marks = []
        if cell.missing:
            marks.append((Glyph.RING_DOTTED, cell.missing))
        if self._crowded_from is not None and cell.peak >= self._crowded_from:
            marks.append((Glyph.TRIANGLE, cell.peak))
        if cell.bad:
            marks.append((Glyph.CROSS, cell.bad))
        return marks

    def _paint_hour(self, painter: QPainter, palette: Palette, box: QRectF, cell: Cell) -> None:
        assert self._page is not None
        middle = box.center().y()
        right = box.right() - _PAD - _GAP
        load = number(cell.load) if cell.load else ""
        shown = self.marks_of(cell) if self._page.shows_days else []
        if shown:
            room_for_marks = right - box.left() - _PAD
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
        room = QRectF(box.left() + _PAD, box.top(), right - box.left() - _PAD, box.height())
        words = load
        if self._page.scale is Scale.DAY:
            left = room.left()
            for glyph, _ in reversed(self.marks_of(cell)):
                paint_mark(painter, QRectF(left, middle - _GLYPH / 2, _GLYPH, _GLYPH), glyph, palette)
                left += _GLYPH + 4
            room.setLeft(left)
            words = " · ".join(cell_words(cell, slots=self._slots, zone=self._zone))
            words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)

    def _paint_day(self, painter: QPainter, palette: Palette, place: Place, box: QRectF, cell: Cell) -> None:
        assert self._page is not None
        day = self._page.day_of(place)
        is_other = day.month != self._page.day_of((0, 2)).month
        is_today = self._page.place_of(datetime.now(UTC), self._zone) == place
        font = painter.font()
        font.setBold(is_today)
        painter.setFont(font)
        number_box = QRectF(box.left() + _PAD, box.top() + 4, 22, 18)
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
        lines: list[tuple[Glyph, str]] = [(glyph, number(count)) for glyph, count in self.marks_of(cell)]
        if cell.planned:
            lines.insert(0, (Glyph.RING, number(cell.planned)))
        if cell.ran - cell.bad:
            lines.insert(0, (Glyph.TICK, number(cell.ran - cell.bad)))
        widest = max((painter.fontMetrics().horizontalAdvance(words) for _, words in lines), default=0)
        fits_twice = box.width() / 2 >= _PAD + _GLYPH + 4 + widest
        columns = 2 if fits_twice and (box.width() > 130 or top + 18 * len(lines) > box.bottom()) else 1
        room = max(int((box.bottom() - top) // 18), 1) * columns
        if len(lines) > room:
            urgent = sorted(lines, key=lambda line: _DAY_IMPORTANCE.index(line[0]))[:room]
            lines = [line for line in lines if line in urgent]
        for place_in_cell, (mark, words) in enumerate(lines):
            left = box.left() + _PAD + (place_in_cell % columns) * box.width() / 2
            y = top + (place_in_cell // columns) * 18
            if y + 16 > box.bottom():
                return
            paint_mark(painter, QRectF(left, y + 1, _GLYPH, _GLYPH), mark, palette)
            painter.setPen(QColor(palette.text))
            painter.drawText(
                QRectF(left + _GLYPH + 4, y - 1, box.width(), 16), int(Qt.AlignmentFlag.AlignVCenter), words
            )

    def _paint_now(self, painter: QPainter, palette: Palette, now: Place) -> None:
        box = self.rect_of(now)
        minute = datetime.now(self._zone).minute
        y = box.top() + box.height() * minute / 60
        painter.setPen(QPen(QColor(palette.bad), 1.6))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.left() + _PAD, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.bad))
        painter.drawEllipse(QRectF(box.left() - 3, y - 3, 6, 6))
