"""The axis of values at the left of a chart. It is imported with pyqtgraph, when the first values are shown."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont

from console.theme.palette import Palette

LEFT_WIDTH = 42
TOP_MARGIN = 7
LABEL_POINTS = 8.5


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis with a grid that has room for the labels of its lowest and its highest value."""

    def boundingRect(self) -> QRectF:
        """Override pyqtgraph.AxisItem.generateDrawSpecs: add half a label below and above, or a grid would cut them."""
        return QRectF(super().boundingRect()).adjusted(0, -TOP_MARGIN, 0, LABEL_POINTS)


def style_axis(axis: pg.AxisItem, palette: Palette, font: QFont) -> None:
    """Draw an axis as all charts have it: small muted labels, hairlines, no line of its own."""
    axis.setTickFont(font)
    axis.setTextPen(pg.mkPen(palette.muted))
    axis.setPen(pg.mkPen(None))
    axis.setTickPen(pg.mkPen(palette.line))
    axis.setStyle(tickLength=0, tickTextOffset=4, hideOverlappingLabels=False)
