"""The cells of the calendar: hours or days, the warmer the more ran or is due in them."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
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
from console.theme.palette import Palette
from console.views.agenda.cell_painter import PAD, CellPainter, rect_of
from console.views.agenda.pages import Cell, Page, Place, Scale
from console.views.agenda.words import cell_title, cell_words
from console.widgets.plain_tip import plain_tip
from console.words import tr

_MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


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
        return rect_of(self._page, place, self.size())

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
            cells = CellPainter(page, self.cells, self.size(), palette, zone=self._zone, slots=self._slots)
            cells.paint(painter, now)
            painter.end()
        return self._picture

    def _paint_now(self, painter: QPainter, palette: Palette, now: Place) -> None:
        box = self.rect_of(now)
        minute = datetime.now(self._zone).minute
        y = box.top() + box.height() * minute / 60
        painter.setPen(QPen(QColor(palette.bad), 1.6))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.left() + PAD, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.bad))
        painter.drawEllipse(QRectF(box.left() - 3, y - 3, 6, 6))
