"""The items of the graph: a box for each task, one item for all edges."""

from collections.abc import Mapping
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from console.status_words import last_run_words
from console.theme.current import Theme
from console.theme.glyphs import Glyph, colour_of, paint_glyph
from console.theme.palette import Palette
from console.views.graph.layout import NODE_HEIGHT, NODE_WIDTH, Layout
from console.views.graph.model import glyph_of
from console.widgets.plain_tip import plain_tip
from console.words import Times, number, tr
from shared.enums import DependencyCondition, DependencyWindow, TaskStatus
from shared.models.task_graph import GraphEdge, GraphNode

FAR = 0.38
"""Below this scale nothing can be read: a box is its colour alone."""
_FARTHEST = 0.22
_MIDDLE = 0.6
_GLYPH = 16.0
_ARROW = 7.0
_MARK_STEP = 20.0
_DIMMED = 0.28
_BOX = QRectF(0, 0, NODE_WIDTH, NODE_HEIGHT)


def node_words(node: GraphNode, times: Times) -> str:
    """Return the state of a task in one line."""
    if node.running or node.waiting:
        parts = []
        if node.running:
            parts.append(tr("%1 running", number(node.running)))
        if node.waiting:
            parts.append(tr("%1 waiting", number(node.waiting)))
        return " · ".join(parts)
    if node.status is TaskStatus.PAUSED:
        return tr("Paused")
    if node.last_run is None:
        return tr("Never run")
    at = node.last_run.completed_at or node.last_run.started_at
    return last_run_words(node.last_run.status, at, times)


class NodeItem(QGraphicsItem):
    """A task: its state as glyph and colour, its name, what it does now."""

    def __init__(self, node: GraphNode, theme: Theme, times: Times) -> None:
        super().__init__()
        self.node = node
        self._theme = theme
        self._times = times
        self.is_current = False
        self.is_dimmed = False
        self.turn = 0.0
        self._cut: dict[tuple[str, int], str] = {}
        self.setAcceptedMouseButtons(Qt.MouseButton.LeftButton | Qt.MouseButton.RightButton)
        self.setToolTip(plain_tip(self._tip()))

    def boundingRect(self) -> QRectF:
        """Override QGraphicsItem.boundingRect: return the box with its border."""
        return _BOX.adjusted(-2, -2, 2, 2)

    def show_node(self, node: GraphNode) -> None:
        """Show a newer state."""
        self.node = node
        self.setToolTip(plain_tip(self._tip()))
        self.update()

    def _tip(self) -> str:
        folder = f"{self.node.folder}/" if self.node.folder else ""
        lines = [f"{folder}{self.node.name}", node_words(self.node, self._times)]
        if self.node.schedule:
            lines.append(self.node.schedule)
        return "\n".join(lines)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Override QGraphicsItem.paint: draw the box, with less of it the smaller it is."""
        palette = self._theme.palette
        scale = option.levelOfDetailFromTransform(painter.worldTransform())
        glyph = glyph_of(self.node)
        if self.is_dimmed:
            painter.setOpacity(_DIMMED)
        if scale < FAR:
            self._paint_far(painter, palette, glyph, scale)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border = palette.accent if self.is_current else palette.line
        painter.setPen(QPen(QColor(border), 2.0 if self.is_current else 1.0))
        painter.setBrush(QColor(palette.panel))
        painter.drawRoundedRect(_BOX, 6, 6)
        paint_glyph(painter, QRectF(12, (NODE_HEIGHT - _GLYPH) / 2, _GLYPH, _GLYPH), glyph, palette, turn=self.turn)
        self._paint_words(painter, palette, is_small=scale < _MIDDLE)

    def _paint_far(self, painter: QPainter, palette: Palette, glyph: Glyph, scale: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(_BOX, QColor(palette.accent if self.is_current else palette.line))
        painter.fillRect(_BOX.adjusted(3, 3, -3, -3), QColor(palette.panel))
        if scale < _FARTHEST:
            painter.fillRect(QRectF(10, 8, 40, 28), QColor(colour_of(glyph, palette)))
        else:
            paint_glyph(painter, QRectF(14, 8, 28, 28), glyph, palette, turn=self.turn)
        painter.fillRect(QRectF(58, 18, NODE_WIDTH - 74, 8), QColor(palette.idle))

    def _paint_words(self, painter: QPainter, palette: Palette, *, is_small: bool) -> None:
        room = QRectF(38, 0, NODE_WIDTH - 46, NODE_HEIGHT)
        top = room if is_small else room.adjusted(0, 5, 0, -21)
        painter.setPen(QColor(palette.text))
        self._paint_line(painter, top, self.node.name, 16 if is_small else 13)
        if not is_small:
            painter.setPen(QColor(palette.muted))
            self._paint_line(painter, room.adjusted(0, 21, 0, -4), node_words(self.node, self._times), 11)

    def _paint_line(self, painter: QPainter, room: QRectF, words: str, pixels: int) -> None:
        """Draw a line of text, elided where it is too long. The result is cached because measuring takes time."""
        painter.setFont(_font(painter.font().family(), pixels))
        cut = self._cut.get((words, pixels))
        if cut is None:
            cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, int(room.width()))
            self._cut = {key: value for key, value in self._cut.items() if key[0] == self.node.name}
            self._cut[words, pixels] = cut
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), cut)


@lru_cache(maxsize=16)
def _font(family: str, pixels: int) -> QFont:
    font = QFont(family)
    font.setPixelSize(pixels)
    return font


def edge_words(edge: GraphEdge) -> str:
    """Return the condition of a dependency."""
    words = {
        DependencyCondition.SUCCESS: tr("after success"),
        DependencyCondition.FAILURE: tr("after failure"),
        DependencyCondition.COMPLETION: tr("after any outcome"),
    }[edge.condition]
    return f"{words} · {tr('all runs of the period')}" if edge.window is DependencyWindow.PERIOD else words


def edge_style(edge: GraphEdge, palette: Palette) -> tuple[str, Qt.PenStyle, Glyph]:
    """Return the colour, the line and the mark of an edge: what it asks of the upstream."""
    glyph, line = {
        DependencyCondition.SUCCESS: (Glyph.TICK, Qt.PenStyle.SolidLine),
        DependencyCondition.FAILURE: (Glyph.CROSS, Qt.PenStyle.DashLine),
        DependencyCondition.COMPLETION: (Glyph.RING, Qt.PenStyle.DashDotLine),
    }[edge.condition]
    colour = palette.idle if edge.condition is DependencyCondition.SUCCESS else colour_of(glyph, palette)
    return colour, line, glyph


class EdgesItem(QGraphicsItem):
    """All edges at once, gathered by how they look, so that a graph of hundreds is a few strokes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._paths: dict[tuple[int, int], QPainterPath] = {}
        self._rects: dict[tuple[int, int], QRectF] = {}
        self._ends: dict[tuple[int, int], QPointF] = {}
        self._marks: dict[int, list[GraphEdge]] = {}
        self._edges: Mapping[tuple[int, int], GraphEdge] = {}
        self._gathered: dict[tuple[DependencyCondition, DependencyWindow], QPainterPath] = {}
        self._arrows = QPainterPath()
        self._rect = QRectF()
        self.current: int | None = None
        self.setZValue(-1)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_edges(self, edges: Mapping[tuple[int, int], GraphEdge], layout: Layout) -> None:
        """Draw the edges of a layout."""
        self.prepareGeometryChange()
        self._edges = edges
        self._paths, self._ends, self._gathered, self._arrows = {}, {}, {}, QPainterPath()
        self._marks = marks_of(edges)
        self._arrows.setFillRule(Qt.FillRule.WindingFill)
        for (start, end), edge in edges.items():
            path, tip = edge_path(layout, start, end)
            self._paths[start, end] = path
            self._rects[start, end] = path.controlPointRect().adjusted(-2, -2, 2, 2)
            self._ends[start, end] = tip
            self._gathered.setdefault((edge.condition, edge.window), QPainterPath()).addPath(path)
            self._arrows.addPolygon(_arrow(tip))
        self._rect = QRectF(-40, -40, layout.width + 80, layout.height + 80)
        self.update()

    def edge_at(self, point: QPointF, reach: float) -> GraphEdge | None:
        """Return the edge that passes a point no farther than `reach`."""
        near = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        for pair, path in self._paths.items():
            if self._rects[pair].intersects(near) and _line_meets(path, near):
                return self._edges[pair]
        return None

    def boundingRect(self) -> QRectF:
        """Override QGraphicsItem.boundingRect: return the room of all edges."""
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Override QGraphicsItem.paint: draw the lines, and near by a mark for each condition."""
        palette = self._theme.palette
        scale = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, scale >= FAR)
        gathered = self._gathered if scale < FAR else self._gather(option.exposedRect)
        for (condition, window), path in gathered.items():
            edge = GraphEdge(task_id=0, upstream_id=0, condition=condition, window=window)
            colour, line, _ = edge_style(edge, palette)
            painter.setPen(QPen(QColor(colour), _width(edge), line))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.idle))
        if scale < FAR:
            painter.drawPath(self._arrows)
        else:
            near = option.exposedRect.adjusted(-_ARROW, -_ARROW, _ARROW, _ARROW)
            for tip in self._ends.values():
                if near.contains(tip):
                    painter.drawPolygon(_arrow(tip))
        self._paint_current(painter, palette)
        if scale >= _MIDDLE:
            self._paint_marks(painter, option.exposedRect, palette)

    def _gather(self, exposed: QRectF) -> dict[tuple[DependencyCondition, DependencyWindow], QPainterPath]:
        """Return the visible edges; finding them is cheaper than drawing all when zoomed in."""
        found: dict[tuple[DependencyCondition, DependencyWindow], QPainterPath] = {}
        for pair, path in self._paths.items():
            if self._rects[pair].intersects(exposed):
                edge = self._edges[pair]
                found.setdefault((edge.condition, edge.window), QPainterPath()).addPath(path)
        return found

    def _paint_current(self, painter: QPainter, palette: Palette) -> None:
        for pair, path in self._paths.items():
            if self.current in pair:
                _, line, _ = edge_style(self._edges[pair], palette)
                painter.setPen(QPen(QColor(palette.accent), _width(self._edges[pair]) + 0.8, line))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(path)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(palette.accent))
                painter.drawPolygon(_arrow(self._ends[pair]))

    def _paint_marks(self, painter: QPainter, exposed: QRectF, palette: Palette) -> None:
        near = exposed.adjusted(-80, -40, 80, 40)
        tips = {end: tip for (_, end), tip in self._ends.items() if near.contains(tip)}
        for end, tip in tips.items():
            for place, edge in enumerate(self._marks[end]):
                box = QRectF(tip.x() - _ARROW - 18 - place * _MARK_STEP, tip.y() - 6, 12, 12)
                paint_mark(painter, box, edge, palette)


def marks_of(edges: Mapping[tuple[int, int], GraphEdge]) -> dict[int, list[GraphEdge]]:
    """Return for each task what it waits for, each kind once: edges that end in one point share their marks."""
    found: dict[int, dict[tuple[DependencyCondition, DependencyWindow], GraphEdge]] = {}
    for (_, end), edge in edges.items():
        found.setdefault(end, {}).setdefault((edge.condition, edge.window), edge)
    return {end: [kinds[kind] for kind in sorted(kinds)] for end, kinds in found.items()}


def paint_mark(painter: QPainter, box: QRectF, edge: GraphEdge, palette: Palette) -> None:
    """Draw what an edge asks: its condition, in a ring where it asks it of a whole period."""
    colour, _, glyph = edge_style(edge, palette)
    painter.setBrush(QColor(palette.ground))
    if edge.window is DependencyWindow.PERIOD:
        painter.setPen(QPen(QColor(colour), 1.4))
        painter.drawEllipse(box.adjusted(-3, -3, 3, 3))
        box = box.adjusted(1, 1, -1, -1)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(box.adjusted(-2, -2, 2, 2))
    paint_glyph(painter, box, glyph, palette)


def _line_meets(path: QPainterPath, box: QRectF) -> bool:
    """Whether the line of a path, not what it encloses, passes a box."""
    steps = max(int(path.length() / max(box.width() / 2, 1.0)), 1)
    return any(box.contains(path.pointAtPercent(step / steps)) for step in range(steps + 1))


def _width(edge: GraphEdge) -> float:
    return 3.0 if edge.window is DependencyWindow.PERIOD else 1.4


def _arrow(tip: QPointF) -> QPolygonF:
    return QPolygonF([tip, tip + QPointF(-_ARROW, -_ARROW / 1.8), tip + QPointF(-_ARROW, _ARROW / 1.8), tip])


def edge_path(layout: Layout, start: int, end: int) -> tuple[QPainterPath, QPointF]:
    """Return the curve of an edge and the point where it meets its end."""
    (from_x, from_y), (to_x, to_y) = layout.nodes[start], layout.nodes[end]
    goes_back = to_x <= from_x
    begin = QPointF(from_x + NODE_WIDTH, from_y + NODE_HEIGHT / 2)
    tip = QPointF(to_x, to_y + NODE_HEIGHT / 2)
    points = [QPointF(x, y) for x, y in layout.bends.get((start, end), [])]
    path = QPainterPath(begin)
    last = begin
    for point in [*points, tip - QPointF(_ARROW - 1, 0)]:
        reach = 60.0 if goes_back else max(12.0, (point.x() - last.x()) / 2)
        path.cubicTo(last + QPointF(reach, 0), point - QPointF(reach, 0), point)
        last = point
    return path, tip
