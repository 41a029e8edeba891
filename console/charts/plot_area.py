"""The plot of a chart: pyqtgraph's, with the axes, grid and colours of the console.

Imported when the first values are shown: pyqtgraph and numpy cost more than the rest of the first paint.
"""

from collections.abc import Sequence
from datetime import UTC

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QWidget

from console.charts.levels import Level
from console.charts.span import Span
from console.charts.ticks import short, short_time, time_ticks, time_value_ticks, value_ticks
from console.charts.value_axis import LABEL_POINTS, LEFT_WIDTH, TOP_MARGIN, ValueAxis, style_axis
from console.theme.palette import Palette

_LABEL_WIDTH = 57
_LINE_WIDTH = 1.2
_LONE_SHARE = 0.2
_BELOW_ZERO = 0.004


class PlotArea(pg.PlotWidget):  # type: ignore[misc]
    """Draws levels over a span; it ignores mouse and keys."""

    _span: Span | None = None  # of the class, for pyqtgraph resizes what is not made yet

    def __init__(self, *, is_whole: bool, is_time: bool, parent: QWidget | None = None) -> None:
        """Count only whole things where `is_whole`; values are milliseconds where `is_time`."""
        super().__init__(parent, axisItems={"left": ValueAxis("left")})
        self._is_whole, self._is_time = is_whole, is_time
        self._palette: Palette | None = None
        self._levels: Sequence[Level] = ()
        self._top = 1.0
        self._shapes: list[tuple[QGraphicsPathItem, QGraphicsPathItem]] = []
        self._opacity = 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for part in (self, self.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameStyle(0)
        self.setAntialiasing(True)
        self.hideButtons()
        self.setMenuEnabled(False)
        # pyqtgraph makes the menu even so, as a window of its own that nobody would destroy, and with it the plot.
        menu = self.getPlotItem().ctrlMenu
        menu.setParent(self, menu.windowFlags())
        self.setMouseEnabled(x=False, y=False)
        self.getPlotItem().layout.setContentsMargins(0, TOP_MARGIN, TOP_MARGIN, 0)
        self.getAxis("left").setWidth(LEFT_WIDTH)
        self.getAxis("bottom").setHeight(self.fontMetrics().height() + 4)
        self._hair = pg.InfiniteLine(angle=90, movable=False)
        self._selection = pg.LinearRegionItem(movable=False)
        for item in (self._selection, self._hair):
            item.hide()
            self.addItem(item, ignoreBounds=True)

    def plot(self) -> QRectF:
        """Return where the values are drawn, in this widget's pixels."""
        self.getPlotItem().layout.activate()
        return QRectF(self.getViewBox().sceneBoundingRect())

    def show_levels(self, levels: Sequence[Level], *, span: Span, top: float) -> None:
        """Draw levels, the lowest first; `top` is the value at the upper edge."""
        self._levels, self._span, self._top = levels, span, top
        while len(self._shapes) < len(levels):
            pair = (QGraphicsPathItem(), QGraphicsPathItem())
            for item in pair:
                item.setOpacity(self._opacity)
                self.addItem(item, ignoreBounds=True)
            self._shapes.append(pair)
        for shapes, level in zip(self._shapes, levels, strict=False):
            self._draw(shapes, level)
        self.setXRange(span.since.timestamp(), span.until.timestamp(), padding=0)
        # A hair below zero, or rounding would take the line and the label of zero itself for outside.
        self.setYRange(-top * _BELOW_ZERO, top, padding=0)
        self._show_ticks()

    def show_opacity(self, opacity: float) -> None:
        """Draw the values as strongly as this, from 0 to 1."""
        self._opacity = opacity
        for item in (item for pair in self._shapes for item in pair):
            item.setOpacity(opacity)

    def show_hair(self, at: float | None) -> None:
        """Show the cross-hair at a POSIX time, or none."""
        self._hair.setVisible(at is not None)
        if at is not None:
            self._hair.setPos(at)

    def show_selection(self, ends: tuple[float, float] | None) -> None:
        """Mark a span of POSIX times, or none."""
        self._selection.setVisible(ends is not None)
        if ends is not None:
            self._selection.setRegion(ends)

    def restyle(self, palette: Palette) -> None:
        """Use the colours of a palette."""
        self._palette = palette
        self.setBackground(palette.panel)
        font = self.font()
        font.setPointSizeF(LABEL_POINTS)
        for side in ("left", "bottom"):
            style_axis(self.getAxis(side), palette, font)
        self.getAxis("left").setGrid(255)
        self._hair.setPen(pg.mkPen(palette.text, style=Qt.PenStyle.DashLine))
        accent = QColor(palette.accent)
        for line in self._selection.lines:
            line.setPen(pg.mkPen(accent))
        accent.setAlphaF(0.12)
        self._selection.setBrush(accent)
        for shapes, level in zip(self._shapes, self._levels, strict=False):
            self._draw(shapes, level)

    def resizeEvent(self, event: object) -> None:
        """Override QWidget.resizeEvent: label the axes as densely as the new size allows."""
        super().resizeEvent(event)
        if self._span is not None:
            self._show_ticks()

    def _draw(self, shapes: tuple[QGraphicsPathItem, QGraphicsPathItem], level: Level) -> None:
        assert self._palette is not None
        area, edge = shapes
        filled, line = QPainterPath(), QPainterPath()
        for times, values, floor in level.stretches:
            if len(times) == 1:
                half = level.step * _LONE_SHARE
                line.addPath(pg.arrayToQPath(np.array([times[0] - half, times[0] + half]), np.array([values[0]] * 2)))
                continue
            if level.is_filled:
                outline = pg.arrayToQPath(np.array([*times, *reversed(times)]), np.array([*values, *reversed(floor)]))
                outline.closeSubpath()
                filled.addPath(outline)
        for times, values in level.edges:
            line.addPath(pg.arrayToQPath(np.array(times), np.array(values)))
        colour = QColor(level.colour(self._palette))
        pen = QPen(colour, _LINE_WIDTH, level.pattern)
        pen.setCosmetic(True)
        edge.setPen(pen)
        edge.setPath(line)
        colour.setAlphaF(self._palette.chart_fill)
        area.setPen(QPen(Qt.PenStyle.NoPen))
        area.setBrush(colour)
        area.setPath(filled)

    def _show_ticks(self) -> None:
        assert self._span is not None
        box = self.plot()
        most = max(min(int(box.height() // 36), 5), 2)
        if self._is_time:
            marks = [(value, short_time(value)) for value in time_value_ticks(self._top, most=most)]
        else:
            found = value_ticks(self._top, most=most, is_whole=self._is_whole)
            marks = [(value, short(value)) for value in found]
        self.getAxis("left").setTicks([[(0.0, "0"), *marks]])
        count = max(min(int(box.width() // _LABEL_WIDTH), 8), 2)
        times = time_ticks(self._span.since, self._span.until, count)
        marked = [(at.astimezone(UTC).timestamp(), words) for at, words in times]
        begin, length = self._span.since.timestamp(), self._span.length.total_seconds()
        metrics = QFontMetricsF(self.getAxis("bottom").style["tickFont"] or self.font())
        most_right = box.width() + TOP_MARGIN
        fitting = [
            (at, words)
            for at, words in marked
            if (at - begin) / length * box.width() + metrics.horizontalAdvance(words) / 2 <= most_right
        ]
        self.getAxis("bottom").setTicks([fitting])
