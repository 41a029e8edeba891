"""A chart over time: areas or lines, a cross-hair, a brush, zoom and pan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.charts.levels import Level, Series, levels_of
from console.charts.span import Span
from console.theme.current import Theme
from console.theme.glyphs import PAST_OPACITY

if TYPE_CHECKING:
    from console.charts.plot_area import PlotArea

HEAD_ROOM = 1.12
_EDGE = 2
_ZOOM = 0.8
_PAN = 0.2
_LEAST_DRAG = 4


class TimeChart(QWidget):
    """Values over a span. Mouse and keys emit signals; the owner changes the span and loads the values.

    `selected` gives the ends of a dragged span, `moved` the instant under the pointer or None, `wanted` the span that
    zooming or panning asks for.
    """

    selected = Signal(object, object)
    moved = Signal(object)
    wanted = Signal(object)
    cleared = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        is_stacked: bool = False,
        is_whole: bool = False,
        is_time: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_stacked = is_stacked
        self._is_whole = is_whole
        self._is_time = is_time
        self._levels: Sequence[Level] = ()
        self._area: PlotArea | None = None
        self.span = Span(datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(1, UTC))
        self._hair: datetime | None = None
        self._selection: tuple[datetime, datetime] | None = None
        self._pressed: tuple[QPointF, bool, Span] | None = None
        self.is_stale = False
        self.least_top = 1.0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(64)

    def sizeHint(self) -> QSize:
        return QSize(240, 120)

    def show_series(self, times: Sequence[float], series: Sequence[Series], *, span: Span, step: float) -> None:
        """Show values at POSIX times; `step` is their distance in seconds."""
        self._levels = levels_of(times, series, step=step, is_stacked=self._is_stacked)
        self.span = span
        self._draw()

    def show_span(self, span: Span) -> None:
        """Move at once; the values follow when they are loaded."""
        self.span = span
        self._draw()

    def set_stale(self, is_stale: bool) -> None:
        """Dim the values while newer ones cannot be had."""
        self.is_stale = is_stale
        if self._area is not None:
            self._area.show_opacity(PAST_OPACITY if is_stale else 1.0)

    def show_hair(self, at: datetime | None) -> None:
        """Show the cross-hair at an instant, or none."""
        if at != self._hair:
            self._hair = at
            self._mark()

    def show_selection(self, since: datetime | None, until: datetime | None) -> None:
        """Mark a span, or none."""
        self._selection = None if since is None or until is None else (since, until)
        self._mark()

    def plot(self) -> QRectF:
        """Return where the values are drawn."""
        if self._area is None:
            return QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        return self._area.plot().translated(self._area.pos())

    def x_of(self, at: datetime) -> float:
        """Return where an instant is drawn."""
        box = self.plot()
        return box.left() + box.width() * ((at - self.span.since) / self.span.length)

    def at_x(self, x: float) -> datetime:
        """Return the instant at a place."""
        box = self.plot()
        return self.span.at(min(max((x - box.left()) / max(box.width(), 1.0), 0.0), 1.0))

    def top(self) -> float:
        """Return the value at the upper edge."""
        highest = max((max(values) for level in self._levels for _, values, _ in level.stretches), default=0.0)
        return max(highest * HEAD_ROOM, self.least_top)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: show the focus."""
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(self._theme.palette.accent))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            painter.end()

    def _draw(self) -> None:
        if self._area is None:
            from console.charts.plot_area import PlotArea

            self._area = PlotArea(is_whole=self._is_whole, is_time=self._is_time, parent=self)
            self._area.restyle(self._theme.palette)
            self.set_stale(self.is_stale)
            self._theme.changed.connect(self._restyle)
            layout = QVBoxLayout(self)
            layout.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
            layout.addWidget(self._area)
            layout.activate()
        self._area.show_levels(self._levels, span=self.span, top=self.top())
        self._mark()

    def _mark(self) -> None:
        """Show the cross-hair and the selection."""
        if self._area is None:
            return
        is_seen = self._hair is not None and self.span.since <= self._hair <= self.span.until
        self._area.show_hair(self._hair.timestamp() if self._hair is not None and is_seen else None)
        ends = self._selection
        self._area.show_selection(None if ends is None else (ends[0].timestamp(), ends[1].timestamp()))

    def _restyle(self) -> None:
        if self._area is not None:
            self._area.restyle(self._theme.palette)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mousePressEvent: start to select, or with Shift or the middle button to pan."""
        pans = event.button() is Qt.MouseButton.MiddleButton or bool(
            event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        )
        if pans or event.button() is Qt.MouseButton.LeftButton:
            self._pressed = (event.position(), pans, self.span)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mouseMoveEvent: move the cross-hair, the selection's end, or the whole."""
        x = event.position().x()
        self.moved.emit(self.at_x(x) if self.plot().left() <= x <= self.plot().right() else None)
        if self._pressed is None:
            return
        start, pans, span = self._pressed
        if pans:
            self.wanted.emit(span.moved((start.x() - x) / self.plot().width(), datetime.now(UTC)))
        elif abs(x - start.x()) >= _LEAST_DRAG:
            ends = sorted((self.at_x(start.x()), self.at_x(x)))
            self.show_selection(ends[0], ends[1])
            self.selected.emit(ends[0], ends[1])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mouseReleaseEvent: finish the drag; a click without one clears the selection."""
        if self._pressed is not None:
            start, pans, _span = self._pressed
            if not pans and abs(event.position().x() - start.x()) < _LEAST_DRAG:
                self.show_selection(None, None)
                self.cleared.emit()
        self._pressed = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override QWidget.wheelEvent: zoom around the pointer; sideways, pan."""
        turned, sideways = event.angleDelta().y(), event.angleDelta().x()
        if turned:
            share = (event.position().x() - self.plot().left()) / self.plot().width()
            factor = _ZOOM ** (turned / 120)
            self.wanted.emit(self.span.zoomed(min(max(share, 0.0), 1.0), factor, datetime.now(UTC)))
        elif sideways:
            self.wanted.emit(self.span.moved(-_PAN * sideways / 120, datetime.now(UTC)))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget.keyPressEvent: arrows pan, + and - zoom, Ctrl and arrows move the cross-hair."""
        now = datetime.now(UTC)
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            sign = -1 if key == Qt.Key.Key_Left else 1
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                at = self._hair or self.span.at(0.5)
                self.moved.emit(min(max(at + sign * self.span.length / 100, self.span.since), self.span.until))
            else:
                self.wanted.emit(self.span.moved(sign * _PAN, now))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.wanted.emit(self.span.zoomed(0.5, _ZOOM, now))
        elif key == Qt.Key.Key_Minus:
            self.wanted.emit(self.span.zoomed(0.5, 1 / _ZOOM, now))
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Override QWidget.enterEvent: set the cursor for what a drag would do."""
        super().enterEvent(event)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def leaveEvent(self, event: object) -> None:
        """Override QWidget.leaveEvent: hide the cross-hair."""
        self.moved.emit(None)
