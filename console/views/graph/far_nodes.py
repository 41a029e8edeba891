"""The item of the graph that draws all tasks where they are too small to read: a few calls for thousands of them."""

from collections.abc import Collection, Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from console.theme.current import Theme
from console.theme.glyphs import Glyph, colour_of, paint_glyph
from console.theme.palette import Palette
from console.views.graph.layout import NODE_HEIGHT, NODE_WIDTH, Point
from console.views.graph.model import glyph_of
from shared.models.task_graph import GraphNode

_FARTHEST = 0.22
"""Below this scale a shape cannot be recognised: a task shows the colour of its state alone."""
_GLYPH = 28.0
_SHARPNESS = 2.0
_DIMMED = 0.28
_EDGE = 3.0


class FarNodesItem(QGraphicsItem):
    """Boxes with the colour or the shape of each task's state. `dimmed` holds the tasks that are not looked for."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._nodes: Mapping[int, GraphNode] = {}
        self._boxes: dict[int, QRectF] = {}
        self._rect = QRectF()
        self._pictures: dict[tuple[Glyph, str], QPixmap] = {}
        self.dimmed: Collection[int] = ()
        self.current: int | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_nodes(self, nodes: Mapping[int, GraphNode], places: Mapping[int, Point], rect: QRectF) -> None:
        """Draw these tasks with their top left corners in `places`."""
        self.prepareGeometryChange()
        self._nodes = nodes
        self._boxes = {one: QRectF(left, top, NODE_WIDTH, NODE_HEIGHT) for one, (left, top) in places.items()}
        self._rect = rect
        self.update()

    def show_states(self, nodes: Mapping[int, GraphNode]) -> None:
        """Draw newer states of the same tasks."""
        self._nodes = nodes
        self.update()

    def boundingRect(self) -> QRectF:
        """Override QGraphicsItem.boundingRect: return the room of all tasks."""
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Override QGraphicsItem.paint: draw what is in sight, those that are dimmed first."""
        palette = self._theme.palette
        scale = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        seen = [one for one, box in self._boxes.items() if box.intersects(option.exposedRect)]
        for is_dimmed in (True, False):
            painter.setOpacity(_DIMMED if is_dimmed else 1.0)
            ids = [one for one in seen if (one in self.dimmed) == is_dimmed]
            if ids:
                self._paint_boxes(painter, palette, ids, scale)
        painter.setOpacity(1.0)

    def _paint_boxes(self, painter: QPainter, palette: Palette, ids: list[int], scale: float) -> None:
        boxes = [self._boxes[one] for one in ids]
        _fill(painter, boxes, palette.line)
        if self.current in ids:
            _fill(painter, [self._boxes[self.current]], palette.accent)
        _fill(painter, [box.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE) for box in boxes], palette.panel)
        _fill(painter, [QRectF(box.x() + 58, box.y() + 18, NODE_WIDTH - 74, 8) for box in boxes], palette.idle)
        of_glyph: dict[Glyph, list[QRectF]] = {}
        for one, box in zip(ids, boxes, strict=True):
            of_glyph.setdefault(glyph_of(self._nodes[one]), []).append(box)
        for glyph, found in of_glyph.items():
            if scale < _FARTHEST:
                marks = [QRectF(box.x() + 10, box.y() + 8, 40, 28) for box in found]
                _fill(painter, marks, colour_of(glyph, palette))
            else:
                self._paint_glyphs(painter, palette, glyph, found)

    def _paint_glyphs(self, painter: QPainter, palette: Palette, glyph: Glyph, boxes: list[QRectF]) -> None:
        picture = self._pictures.get((glyph, palette.ground))
        if picture is None:
            picture = _picture(glyph, palette)
            self._pictures[glyph, palette.ground] = picture
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for box in boxes:
            painter.drawPixmap(QRectF(box.x() + 14, box.y() + 8, _GLYPH, _GLYPH), picture, QRectF(picture.rect()))


def _fill(painter: QPainter, boxes: list[QRectF], colour: str) -> None:
    painter.setBrush(QColor(colour))
    painter.drawRects(boxes)


def _picture(glyph: Glyph, palette: Palette) -> QPixmap:
    size = round(_GLYPH * _SHARPNESS)
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_glyph(painter, QRectF(0, 0, size, size), glyph, palette)
    painter.end()
    return picture
