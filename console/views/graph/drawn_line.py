"""The line that follows the pointer while a person draws a dependency."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from console.theme.current import Theme
from console.views.graph.layout import NODE_HEIGHT, NODE_WIDTH, Point

_WIDTH = 2.0
_MARGIN = 8.0
_REACH = 60.0
_FRAME = 3.0


class DrawnLine(QGraphicsItem):
    """From the right of the task that is waited for to the pointer, or to the task under it, with a frame around it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._path = QPainterPath()
        self._frame = QRectF()
        self._is_refused = False
        self.setZValue(2)
        self.hide()

    def draw(self, start: Point, at: QPointF, *, target: Point | None, is_refused: bool) -> None:
        """Show the line from the task with its corner at `start`; `target` is the corner of the task under it."""
        self.prepareGeometryChange()
        begin = QPointF(start[0] + NODE_WIDTH, start[1] + NODE_HEIGHT / 2)
        end = at if target is None else QPointF(target[0], target[1] + NODE_HEIGHT / 2)
        self._path = QPainterPath(begin)
        self._path.cubicTo(begin + QPointF(_REACH, 0), end - QPointF(_REACH, 0), end)
        self._frame = QRectF() if target is None else QRectF(*target, NODE_WIDTH, NODE_HEIGHT)
        self._is_refused = is_refused
        self.show()
        self.update()

    def boundingRect(self) -> QRectF:
        """Override QGraphicsItem.boundingRect: return the room of line and frame."""
        return self._path.controlPointRect().united(self._frame).adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Override QGraphicsItem.paint: a dependency that cannot be made is red."""
        palette = self._theme.palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(palette.bad if self._is_refused else palette.accent), _WIDTH, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        if not self._frame.isNull():
            pen.setStyle(Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            painter.drawRoundedRect(self._frame.adjusted(-_FRAME, -_FRAME, _FRAME, _FRAME), 8, 8)
