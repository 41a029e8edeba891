"""Status as shape and colour together: readable at 12 px, and in grey."""

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from console.theme.palette import Palette
from shared.enums import RunStatus, TaskStatus, WorkerStatus


class Glyph(StrEnum):
    """The shapes."""

    TICK = "tick"
    CROSS = "cross"
    TRIANGLE = "triangle"
    ARC = "arc"
    RING = "ring"
    RING_BAR = "ring_bar"
    RING_SLASH = "ring_slash"
    RING_DOTTED = "ring_dotted"


PAST_OPACITY = 0.5
"""How opaque a shape is of what is no longer true."""

GLYPH_OF: dict[str, Glyph] = {
    RunStatus.SUCCEEDED: Glyph.TICK,
    RunStatus.FAILED: Glyph.CROSS,
    RunStatus.TIMED_OUT: Glyph.TRIANGLE,
    RunStatus.RUNNING: Glyph.ARC,
    RunStatus.DISPATCHED: Glyph.ARC,
    RunStatus.PENDING: Glyph.RING,
    RunStatus.BLOCKED: Glyph.RING_BAR,
    RunStatus.CANCELLED: Glyph.RING_SLASH,
    RunStatus.SKIPPED: Glyph.RING_DOTTED,
    TaskStatus.ACTIVE: Glyph.RING,
    TaskStatus.PAUSED: Glyph.RING_BAR,
    WorkerStatus.ONLINE: Glyph.TICK,
    WorkerStatus.DRAINING: Glyph.RING_BAR,
    WorkerStatus.OFFLINE: Glyph.RING_DOTTED,
    WorkerStatus.LOST: Glyph.TRIANGLE,
}


def colour_of(glyph: Glyph, palette: Palette) -> str:
    """Return the colour in which a shape is drawn."""
    return {
        Glyph.TICK: palette.good,
        Glyph.CROSS: palette.bad,
        Glyph.TRIANGLE: palette.warning,
        Glyph.ARC: palette.accent,
        Glyph.RING: palette.muted,
        Glyph.RING_BAR: palette.warning,
    }.get(glyph, palette.idle)


def paint_glyph(painter: QPainter, box: QRectF, glyph: Glyph, palette: Palette, *, turn: float = 0.0) -> None:
    """Draw a shape into the square `box`; `turn` is the running arc's angle in degrees."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(colour_of(glyph, palette))
    inner = box.adjusted(1, 1, -1, -1)
    size = inner.width()
    mark = QPen(QColor(palette.panel), max(1.4, size / 8), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    line = QPen(colour, max(1.5, size / 7), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)

    def at(x: float, y: float) -> QPointF:
        return QPointF(inner.left() + x * size, inner.top() + y * size)

    if glyph is Glyph.TICK:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(inner)
        painter.setPen(mark)
        painter.drawPolyline(QPolygonF([at(0.28, 0.52), at(0.44, 0.68), at(0.72, 0.34)]))
    elif glyph is Glyph.CROSS:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(inner, size / 5, size / 5)
        painter.setPen(mark)
        painter.drawLine(at(0.32, 0.32), at(0.68, 0.68))
        painter.drawLine(at(0.68, 0.32), at(0.32, 0.68))
    elif glyph is Glyph.TRIANGLE:
        painter.setPen(QPen(colour, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([at(0.5, 0.08), at(0.96, 0.9), at(0.04, 0.9)]))
    else:
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = inner.adjusted(1, 1, -1, -1)
        if glyph is Glyph.ARC:
            painter.drawArc(ring, int((90 - turn) * 16), -270 * 16)
        elif glyph is Glyph.RING_DOTTED:
            line.setStyle(Qt.PenStyle.DotLine)
            painter.setPen(line)
            painter.drawEllipse(ring)
        else:
            painter.drawEllipse(ring)
        if glyph is Glyph.RING_BAR:
            painter.drawLine(at(0.32, 0.5), at(0.68, 0.5))
        elif glyph is Glyph.RING_SLASH:
            painter.drawLine(at(0.26, 0.74), at(0.74, 0.26))
    painter.restore()
