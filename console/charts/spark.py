"""A sparkline: slots in use over the last hour."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from console.charts.levels import runs_of_data
from console.theme.palette import Palette


def paint_spark(
    painter: QPainter,
    box: QRectF,
    times: Sequence[float],
    values: Sequence[float],
    palette: Palette,
    *,
    since: float,
    until: float,
    top: float,
    step: float,
) -> None:
    """Draw values at POSIX times into `box`, filled below; nothing where there is no data."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(palette.line))
    painter.drawLine(box.bottomLeft(), box.bottomRight())
    colour = QColor(palette.accent)
    fill = QColor(colour)
    fill.setAlphaF(palette.chart_fill)
    length = max(until - since, 1.0)
    points = [
        QPointF(
            box.left() + box.width() * (at - since) / length,
            box.bottom() - box.height() * min(value / max(top, 1.0), 1.0),
        )
        for at, value in zip(times, values, strict=True)
    ]
    for first, last in runs_of_data(times, [True] * len(times), step=step):
        stretch = points[first:last]
        if len(stretch) == 1:
            stretch = [stretch[0], stretch[0] + QPointF(1.5, 0)]
        area = QPainterPath(QPointF(stretch[0].x(), box.bottom()))
        for point in stretch:
            area.lineTo(point)
        area.lineTo(QPointF(stretch[-1].x(), box.bottom()))
        painter.fillPath(area, fill)
        painter.setPen(QPen(colour, 1.2))
        painter.drawPolyline(stretch)
    painter.restore()
