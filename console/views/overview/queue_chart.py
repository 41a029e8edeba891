"""The chart of the queue's depth: stacked by priority, read with a cross-hair, selected with a drag.

Imported when the first chart is shown: pyqtgraph and numpy cost more than the rest of the first paint.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.theme.current import Theme
from console.theme.palette import Palette
from console.views.overview.series import STACK, Segment, nearest, segments
from console.widgets.surfaces import label
from console.words import number, tr
from shared.enums import Priority
from shared.models.system import QueueSample

HEAD_ROOM = 1.15


def colour_of(priority: Priority, palette: Palette) -> str:
    """Return the colour of a priority's area."""
    return {
        Priority.CRITICAL: palette.bad,
        Priority.HIGH: palette.warning,
        Priority.NORMAL: palette.accent,
        Priority.LOW: palette.idle,
    }[priority]


def priority_words(priority: Priority) -> str:
    """Return a priority's name in the person's language."""
    return {
        Priority.CRITICAL: tr("critical"),
        Priority.HIGH: tr("high"),
        Priority.NORMAL: tr("normal"),
        Priority.LOW: tr("low"),
    }[priority]


def _edge(times: Sequence[float], tops: Sequence[float], below: Sequence[float]) -> QPainterPath:
    """Return a level's upper edge where the level has any height: elsewhere it would hide the one below."""
    edge = QPainterPath()
    for place in range(1, len(times)):
        if tops[place] > below[place] or tops[place - 1] > below[place - 1]:
            if tops[place - 1] == below[place - 1] or place == 1:
                edge.moveTo(times[place - 1], tops[place - 1])
            edge.lineTo(times[place], tops[place])
    return edge


class _StackedAreas(pg.GraphicsObject):  # type: ignore[misc]
    """The areas: one path for each level and segment."""

    def __init__(self) -> None:
        super().__init__()
        self._fills: list[tuple[QPainterPath, QPainterPath, QColor, QColor]] = []
        self._bounds = QRectF()

    def show_segments(self, found: Sequence[Segment], palette: Palette) -> None:
        self.prepareGeometryChange()
        self._fills = []
        bounds = QRectF()
        for segment in found:
            below = [0.0] * len(segment.times)
            for level, priority in enumerate(STACK):
                tops = segment.tops[level]
                area = QPainterPath(QPointF(segment.times[0], tops[0]))
                for at, top in zip(segment.times[1:], tops[1:], strict=True):
                    area.lineTo(at, top)
                for at, bottom in zip(reversed(segment.times), reversed(below), strict=True):
                    area.lineTo(at, bottom)
                area.closeSubpath()
                line = QColor(colour_of(priority, palette))
                fill = QColor(line)
                fill.setAlphaF(palette.chart_fill)
                if any(top > bottom for top, bottom in zip(tops, below, strict=True)):
                    self._fills.append((area, _edge(segment.times, tops, below), fill, line))
                bounds = bounds.united(area.boundingRect())
                below = tops
        self._bounds = bounds
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the extent in the chart's units."""
        return self._bounds

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw the areas, then their upper edges."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for area, _edge, fill, _line in self._fills:
            painter.fillPath(area, fill)
        for _area, edge, _fill, line in self._fills:
            pen = QPen(line, 1.2)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(edge)


class _CountAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of whole numbers: there is no half a run."""

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:  # noqa: N803
        """Return the distances of ticks, none below one."""
        found = [(spacing, offset) for spacing, offset in super().tickSpacing(minVal, maxVal, size) if spacing >= 1]
        return found or [(1.0, 0.0)]


class _SelectingBox(pg.ViewBox):  # type: ignore[misc]
    """A drag selects a span; the wheel and panning are left to the range buttons."""

    dragged = Signal(float, float)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=False, y=False)

    def mouseDragEvent(self, event: Any, axis: Any = None) -> None:
        """Tell where the drag began and where it is."""
        event.accept()
        begin = self.mapToView(event.buttonDownPos()).x()
        here = self.mapToView(event.pos()).x()
        self.dragged.emit(min(begin, here), max(begin, here))


class QueueChart(QWidget):
    """`selected` gives the two ends of a dragged span."""

    selected = Signal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._samples: Sequence[QueueSample] = ()
        self._step = 1.0
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._box = _SelectingBox()
        bottom = pg.DateAxisItem(orientation="bottom")
        self._plot = pg.PlotWidget(viewBox=self._box, axisItems={"bottom": bottom, "left": _CountAxis("left")})
        self._plot.setFrameStyle(0)
        self._plot.hideButtons()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._areas = _StackedAreas()
        self._plot.addItem(self._areas)
        self._hair = pg.InfiniteLine(angle=90, movable=False)
        self._hair.hide()
        self._plot.addItem(self._hair, ignoreBounds=True)
        self._span = pg.LinearRegionItem(movable=False)
        self._span.hide()
        self._plot.addItem(self._span, ignoreBounds=True)
        self._box.dragged.connect(self._dragged)
        self._plot.scene().sigMouseMoved.connect(self._moved)
        self._reading = label("", "reading", parent=self._plot)
        self._reading.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._reading.setTextFormat(Qt.TextFormat.RichText)
        self._reading.hide()
        layout.addWidget(self._plot)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_samples(self, samples: Sequence[QueueSample], *, since: datetime, until: datetime, step: float) -> None:
        """Show the queue from `since` to `until`; `step` is the samples' distance in seconds."""
        self._samples, self._step = samples, step
        self._areas.show_segments(segments(samples, step_seconds=step), self._theme.palette)
        self._box.setXRange(since.timestamp(), until.timestamp(), padding=0)
        highest = max((sum(sample.by_priority.values()) for sample in samples), default=0)
        self._box.setYRange(0, max(highest * HEAD_ROOM, 4), padding=0)

    def clear_selection(self) -> None:
        """Select nothing."""
        self._span.hide()

    def leaveEvent(self, event: Any) -> None:
        """Take the cross-hair away with the pointer."""
        super().leaveEvent(event)
        self._hair.hide()
        self._reading.hide()

    def _dragged(self, begin: float, end: float) -> None:
        self._span.setRegion((begin, end))
        self._span.show()
        self.selected.emit(datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC))

    def _moved(self, at: QPointF) -> None:
        if not self._box.sceneBoundingRect().contains(at):
            self._hair.hide()
            self._reading.hide()
            return
        when = self._box.mapSceneToView(at).x()
        self._hair.setPos(when)
        self._hair.show()
        sample = nearest(self._samples, when, within_seconds=2.5 * self._step)
        shown = datetime.fromtimestamp(when, UTC) if sample is None else sample.at
        lines = [f"<b>{shown.astimezone():%H:%M:%S}</b>"]
        if sample is None:
            lines.append(tr("no data"))
        else:
            lines.extend(f"{priority_words(one)} {number(sample.by_priority.get(one, 0))}" for one in reversed(STACK))
        self._reading.setText("<br>".join(lines))
        self._reading.adjustSize()
        left = int(at.x()) + 12
        if left + self._reading.width() > self._plot.width():
            left = int(at.x()) - 12 - self._reading.width()
        self._reading.move(left, 8)
        self._reading.show()

    def _restyle(self) -> None:
        palette = self._theme.palette
        self._plot.setBackground(palette.panel)
        font = QFont(self.font())
        font.setPointSizeF(9)
        for side in ("bottom", "left"):
            axis = self._plot.getAxis(side)
            axis.setPen(pg.mkPen(palette.line))
            axis.setTextPen(pg.mkPen(palette.muted))
            axis.setTickFont(font)
            axis.setStyle(tickLength=0)
        self._plot.getAxis("left").setWidth(40)
        grid = QColor(palette.line)
        self._plot.showGrid(x=False, y=True, alpha=0.35)
        self._plot.getAxis("left").setPen(pg.mkPen(grid))
        self._hair.setPen(pg.mkPen(palette.text, width=1, style=Qt.PenStyle.DashLine))
        accent = QColor(palette.accent)
        for line in self._span.lines:
            line.setPen(pg.mkPen(accent))
        accent.setAlphaF(0.15)
        self._span.setBrush(accent)
        self._areas.show_segments(segments(self._samples, step_seconds=self._step), palette)
