"""The plot of a chart of bars: pyqtgraph's, with a band, in the colours of the console.

Imported when the first values are shown: pyqtgraph and numpy cost more than the rest of the first paint.
"""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from console.charts.ticks import short_time, time_value_ticks
from console.charts.value_axis import LABEL_POINTS, LEFT_WIDTH, TOP_MARGIN, ValueAxis, style_axis
from console.theme.palette import Palette

_WIDEST = 14.0
_SHARE = 0.68
_HEAD_ROOM = 1.08
_BELOW_ZERO = 0.004
_BAND_ALPHA = 0.12
_CUT_FROM, _CUT_HEIGHT = 0.9, 0.03
"""Where a bar that is too high is cut, and how wide the cut is, as shares of the chart's height."""


class BarPlot(pg.PlotWidget):  # type: ignore[misc]
    """Draws durations as bars, one a slot, the last at the right; it ignores mouse and keys."""

    _palette: Palette | None = None  # of the class, for pyqtgraph resizes what is not made yet

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={"left": ValueAxis("left")})
        self._heights: list[float] = []
        self._colours: list[str] = []
        self._slots = 1
        self._top = 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for part in (self, self.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameStyle(0)
        self.hideButtons()
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.getPlotItem().layout.setContentsMargins(0, TOP_MARGIN, 0, TOP_MARGIN)
        self.getAxis("left").setWidth(LEFT_WIDTH)
        self.hideAxis("bottom")
        self._band = pg.LinearRegionItem(orientation="horizontal", movable=False)
        self._mark = pg.LinearRegionItem(movable=False)
        self._bars = pg.BarGraphItem(x=[], height=[], width=_SHARE)
        self._cuts = pg.BarGraphItem(x=[], height=[], width=_SHARE)
        for depth, item in enumerate((self._mark, self._band, self._bars, self._cuts)):
            item.setZValue(depth - 10)
            self.addItem(item, ignoreBounds=True)
        self._band.hide()
        self._mark.hide()

    def plot(self) -> QRectF:
        """Return where the bars are drawn, in this widget's pixels."""
        self.getPlotItem().layout.activate()
        return QRectF(self.getViewBox().sceneBoundingRect())

    def show_bars(
        self,
        heights: Sequence[float],
        colours: Sequence[str],
        *,
        slots: int,
        top: float,
        band: tuple[float, float] | None,
    ) -> None:
        """Draw bars of `heights` milliseconds, the last in the last of `slots`; what is higher than `top` is cut."""
        self._heights, self._colours = list(heights), list(colours)
        self._slots, self._top = max(slots, len(heights), 1), top
        self.setXRange(0, self._slots, padding=0)
        self.setYRange(-top * _BELOW_ZERO, top * _HEAD_ROOM, padding=0)
        self._band.setVisible(band is not None)
        if band is not None:
            self._band.setRegion(band)
        self._draw()
        self._show_ticks()

    def mark(self, slot: int | None) -> None:
        """Mark the slot that a person points at, or none."""
        self._mark.setVisible(slot is not None)
        if slot is not None:
            self._mark.setRegion((slot, slot + 1))

    def restyle(self, palette: Palette) -> None:
        """Use the colours of a palette."""
        self._palette = palette
        self.setBackground(palette.panel)
        font = self.font()
        font.setPointSizeF(LABEL_POINTS)
        style_axis(self.getAxis("left"), palette, font)
        self.getAxis("left").setGrid(255)
        edge = QColor(palette.muted)
        for line in self._band.lines:
            line.setPen(pg.mkPen(edge, style=Qt.PenStyle.DashLine))
        edge.setAlphaF(_BAND_ALPHA)
        self._band.setBrush(edge)
        for line in self._mark.lines:
            line.setPen(pg.mkPen(None))
        self._mark.setBrush(QColor(palette.line))
        self._draw()

    def resizeEvent(self, event: object) -> None:
        """Override QWidget.resizeEvent: draw bars and labels for the new size."""
        super().resizeEvent(event)
        if self._palette is not None:
            self._draw()
            self._show_ticks()

    def _draw(self) -> None:
        if self._palette is None:
            return
        first = self._slots - len(self._heights)
        wide = min(_SHARE, _WIDEST / max(self.plot().width() / self._slots, 1.0))
        places = [first + at + 0.5 for at in range(len(self._heights))]
        cut = [at for at, height in zip(places, self._heights, strict=True) if height > self._top]
        # BarGraphItem cannot draw none.
        self._bars.setVisible(bool(places))
        self._cuts.setVisible(bool(cut))
        if places:
            self._bars.setOpts(
                x=places,
                height=[min(one, self._top) for one in self._heights],
                width=wide,
                brushes=[pg.mkBrush(one) for one in self._colours],
                pens=[pg.mkPen(None)] * len(places),
            )
        if cut:
            self._cuts.setOpts(
                x=cut,
                y0=self._top * _CUT_FROM,
                height=self._top * _CUT_HEIGHT,
                width=wide,
                brush=pg.mkBrush(self._palette.panel),
                pen=pg.mkPen(None),
            )

    def _show_ticks(self) -> None:
        most = max(min(int(self.plot().height() // 36), 4), 2)
        marks = [(value, short_time(value)) for value in time_value_ticks(self._top, most=most)]
        self.getAxis("left").setTicks([[(0.0, "0"), *marks]])
