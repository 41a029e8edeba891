"""A chart over time: areas or lines, a cross-hair, a brush, zoom and pan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from console.charts.span import Span
from console.charts.ticks import short, short_time, time_ticks, time_value_ticks, value_ticks
from console.theme.current import Theme
from console.theme.palette import Palette

HEAD_ROOM = 1.12
GAP_STEPS = 2.5
_MARGIN = 42
_LABEL_WIDTH = 96
_ZOOM = 0.8
_PAN = 0.2
_LEAST_DRAG = 4


@dataclass(frozen=True, slots=True)
class Series:
    """One value over time; None is no data. `colour` picks it from the palette; `pattern` tells lines apart in grey."""

    name: str
    colour: Callable[[Palette], str]
    values: Sequence[float | None]
    pattern: Qt.PenStyle = Qt.PenStyle.SolidLine


def runs_of_data(times: Sequence[float], present: Sequence[bool], *, step: float) -> list[tuple[int, int]]:
    """Return the stretches without a gap as (first, last + 1): a gap is no data, or more than two steps without any."""
    found: list[tuple[int, int]] = []
    begin: int | None = None
    for place, is_there in enumerate(present):
        is_torn = place > 0 and times[place] - times[place - 1] > GAP_STEPS * step
        if begin is not None and (not is_there or is_torn):
            found.append((begin, place))
            begin = None
        if is_there and begin is None:
            begin = place
    if begin is not None:
        found.append((begin, len(times)))
    return found


class TimeChart(QWidget):
    """Values over a span, drawn by what is given; the mouse and the keys ask for what they want by signals.

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
        self._times: Sequence[float] = ()
        self._series: Sequence[Series] = ()
        self._step = 1.0
        self.span = Span(datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(1, UTC))
        self._hair: datetime | None = None
        self._selection: tuple[datetime, datetime] | None = None
        self._pressed: tuple[QPointF, bool, Span] | None = None
        self.least_top = 1.0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(64)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return the size that is wanted."""
        return QSize(240, 120)

    def show_series(self, times: Sequence[float], series: Sequence[Series], *, span: Span, step: float) -> None:
        """Show values at POSIX times; `step` is their distance in seconds."""
        self._times, self._series, self._step, self.span = times, series, step, span
        self.update()

    def show_hair(self, at: datetime | None) -> None:
        """Show the cross-hair at an instant, or none."""
        if at != self._hair:
            self._hair = at
            self.update()

    def show_selection(self, since: datetime | None, until: datetime | None) -> None:
        """Mark a span, or none."""
        self._selection = None if since is None or until is None else (since, until)
        self.update()

    def plot(self) -> QRectF:
        """Return where the values are drawn."""
        metrics = self.fontMetrics()
        return QRectF(_MARGIN, 4, max(self.width() - _MARGIN - 4, 1), max(self.height() - metrics.height() - 8, 1))

    def x_of(self, at: datetime) -> float:
        """Return where an instant is drawn."""
        box = self.plot()
        return box.left() + box.width() * ((at - self.span.since) / self.span.length)

    def at_x(self, x: float) -> datetime:
        """Return the instant at a place."""
        box = self.plot()
        return self.span.at(min(max((x - box.left()) / box.width(), 0.0), 1.0))

    def top(self) -> float:
        """Return the value at the upper edge."""
        if self._is_stacked:
            columns = zip(*(series.values for series in self._series), strict=True)
            highest = max((sum(one or 0.0 for one in column) for column in columns), default=0.0)
        else:
            highest = max((one or 0.0 for series in self._series for one in series.values), default=0.0)
        return max(highest * HEAD_ROOM, self.least_top)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the grid, the values, the selection and the cross-hair."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPointSizeF(8.5)
        painter.setFont(font)
        box, top = self.plot(), self.top()
        self._paint_axes(painter, box, top)
        painter.save()
        painter.setClipRect(box.adjusted(0, -2, 0, 1))
        self._paint_values(painter, box, top)
        self._paint_selection(painter, box)
        painter.restore()
        if self._hair is not None and self.span.since <= self._hair <= self.span.until:
            painter.setPen(QPen(QColor(self._theme.palette.text), 1, Qt.PenStyle.DashLine))
            x = self.x_of(self._hair)
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        if self.hasFocus():
            painter.setPen(QColor(self._theme.palette.accent))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    def _paint_axes(self, painter: QPainter, box: QRectF, top: float) -> None:
        palette = self._theme.palette
        line, words = QColor(palette.line), QColor(palette.muted)
        most = max(min(int(box.height() // 36), 5), 2)
        marks = (
            time_value_ticks(top, most=most) if self._is_time else value_ticks(top, most=most, is_whole=self._is_whole)
        )
        words_of = short_time if self._is_time else short
        for value in [0.0, *marks]:
            y = box.bottom() - box.height() * value / top
            painter.setPen(line)
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(words)
            label = "0" if value == 0 else words_of(value)
            painter.drawText(
                QRectF(0, y - 8, box.left() - 6, 16), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label
            )
        for at, label in time_ticks(self.span.since, self.span.until, max(min(int(box.width() // _LABEL_WIDTH), 8), 2)):
            x = self.x_of(at.astimezone(UTC))
            x = min(max(x, box.left() + 16), box.right() - 16)
            painter.drawText(
                QRectF(x - 40, box.bottom() + 2, 80, self.height() - box.bottom() - 2),
                Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop,
                label,
            )

    def _paint_values(self, painter: QPainter, box: QRectF, top: float) -> None:
        palette = self._theme.palette
        begin, length = self.span.since.timestamp(), self.span.length.total_seconds()
        xs = [box.left() + box.width() * (at - begin) / length for at in self._times]
        below = [0.0] * len(xs)
        for series in self._series:
            colour = QColor(series.colour(palette))
            base = below if self._is_stacked else [0.0] * len(xs)
            level = [under + (value or 0.0) for under, value in zip(base, series.values, strict=True)]
            present = [value is not None for value in series.values]
            pen = QPen(colour, 1.2, series.pattern)
            for first, last in runs_of_data(self._times, present, step=self._step):
                points = [QPointF(xs[at], box.bottom() - box.height() * level[at] / top) for at in range(first, last)]
                if self._is_stacked:
                    floor = [QPointF(xs[at], box.bottom() - box.height() * base[at] / top) for at in range(first, last)]
                    self._paint_area(painter, points, floor, colour, palette.chart_fill)
                painter.setPen(pen)
                if len(points) == 1:
                    painter.drawLine(points[0] - QPointF(1.5, 0), points[0] + QPointF(1.5, 0))
                    continue
                for stretch in _seen(points, level, base, first) if self._is_stacked else [points]:
                    painter.drawPolyline(stretch)
            below = level if self._is_stacked else below

    @staticmethod
    def _paint_area(
        painter: QPainter, points: Sequence[QPointF], floor: Sequence[QPointF], colour: QColor, strength: float
    ) -> None:
        area = QPainterPath(points[0])
        for point in [*points[1:], *reversed(floor)]:
            area.lineTo(point)
        area.closeSubpath()
        fill = QColor(colour)
        fill.setAlphaF(strength)
        painter.fillPath(area, fill)

    def _paint_selection(self, painter: QPainter, box: QRectF) -> None:
        if self._selection is None:
            return
        accent = QColor(self._theme.palette.accent)
        left, right = self.x_of(self._selection[0]), self.x_of(self._selection[1])
        painter.setPen(accent)
        for x in (left, right):
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        accent.setAlphaF(0.12)
        painter.fillRect(QRectF(left, box.top(), right - left, box.height()), accent)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select, or with Shift or the middle button to pan."""
        pans = event.button() is Qt.MouseButton.MiddleButton or bool(
            event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        )
        if pans or event.button() is Qt.MouseButton.LeftButton:
            self._pressed = (event.position(), pans, self.span)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the cross-hair, the selection's end, or the whole."""
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
        """End what was begun; a click without a drag clears the selection."""
        if self._pressed is not None:
            start, pans, _span = self._pressed
            if not pans and abs(event.position().x() - start.x()) < _LEAST_DRAG:
                self.show_selection(None, None)
                self.cleared.emit()
        self._pressed = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer; sideways, pan."""
        turned, sideways = event.angleDelta().y(), event.angleDelta().x()
        if turned:
            share = (event.position().x() - self.plot().left()) / self.plot().width()
            factor = _ZOOM ** (turned / 120)
            self.wanted.emit(self.span.zoomed(min(max(share, 0.0), 1.0), factor, datetime.now(UTC)))
        elif sideways:
            self.wanted.emit(self.span.moved(-_PAN * sideways / 120, datetime.now(UTC)))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pan with the arrows, zoom with + and -, move the cross-hair with Ctrl and the arrows."""
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
        """Say what the mouse can do, by its shape."""
        super().enterEvent(event)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def leaveEvent(self, event: object) -> None:
        """Take the cross-hair away with the pointer."""
        self.moved.emit(None)


def _seen(points: Sequence[QPointF], level: Sequence[float], base: Sequence[float], first: int) -> list[list[QPointF]]:
    """Return the stretches of a level's edge where it has any height: elsewhere it would hide the one below."""
    found: list[list[QPointF]] = []
    is_on = False
    for place in range(1, len(points)):
        here, before = first + place, first + place - 1
        if level[here] > base[here] or level[before] > base[before]:
            if not is_on:
                found.append([points[place - 1]])
            found[-1].append(points[place])
            is_on = True
        else:
            is_on = False
    return found
