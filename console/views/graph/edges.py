"""The item of the graph that draws all edges, with words on those that ask for something unusual."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QApplication, QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from console.theme.current import Theme
from console.theme.palette import Palette
from console.views.graph.edge_labels import LabelledSpan, place_labels
from console.views.graph.edge_words import label_lines
from console.views.graph.items import FAR, READABLE, font_of
from console.views.graph.layout import NODE_HEIGHT, NODE_WIDTH, Edge, Layout
from shared.enums import DependencyCondition, DependencyWindow
from shared.models.task_graph import GraphEdge

_ARROW = 7.0
LABEL_PIXELS = 11
_PADDING = 4.0
_PADDING_ABOVE = 1.0
_ENDLESS = QRectF(0, 0, 10_000, 10_000)

Kind = tuple[DependencyCondition, DependencyWindow]


def edge_style(kind: Kind, palette: Palette) -> tuple[str, float, Qt.PenStyle]:
    """Return the colour, the width and the line of an edge: what it asks of the upstream."""
    condition, window = kind
    colour, line = {
        DependencyCondition.SUCCESS: (palette.idle, Qt.PenStyle.SolidLine),
        DependencyCondition.FAILURE: (palette.bad, Qt.PenStyle.DashLine),
        DependencyCondition.COMPLETION: (palette.idle, Qt.PenStyle.DashDotLine),
    }[condition]
    return colour, 3.0 if window is DependencyWindow.PERIOD else 1.4, line


def label_sizes(edges: Mapping[Edge, GraphEdge]) -> dict[Edge, QSizeF]:
    """Return how large the words on edges are, of those that have any; in scene units.

    Lines of Chinese are higher than those of Latin: the font that has its characters decides.
    """
    metrics = QFontMetricsF(font_of(QApplication.font().family(), LABEL_PIXELS))
    size_of: dict[tuple[str, ...], QSizeF] = {}
    found = {}
    for pair, edge in edges.items():
        lines = label_lines(edge)
        if lines and lines not in size_of:
            words = metrics.boundingRect(_ENDLESS, int(Qt.AlignmentFlag.AlignLeft), "\n".join(lines))
            size_of[lines] = words.size() + QSizeF(2 * _PADDING, 2 * _PADDING_ABOVE)
        if lines:
            found[pair] = size_of[lines]
    return found


def label_widths(edges: Mapping[Edge, GraphEdge]) -> dict[Edge, float]:
    """Return how wide the words on edges are, of those that have any; in scene units."""
    return {pair: size.width() for pair, size in label_sizes(edges).items()}


class EdgesItem(QGraphicsItem):
    """All edges at once, gathered by how they look, so that a graph of hundreds is a few strokes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._paths: dict[Edge, QPainterPath] = {}
        self._rects: dict[Edge, QRectF] = {}
        self._ends: dict[Edge, QPointF] = {}
        self._edges: Mapping[Edge, GraphEdge] = {}
        self.labels: dict[Edge, QRectF] = {}
        self._gathered: dict[Kind, QPainterPath] = {}
        self._arrows = QPainterPath()
        self._rect = QRectF()
        self.current: int | None = None
        self.selected: Edge | None = None
        self.setZValue(-1)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_edges(self, edges: Mapping[Edge, GraphEdge], layout: Layout) -> None:
        """Draw the edges of a layout."""
        self.prepareGeometryChange()
        self._edges = edges
        self._paths, self._rects, self._ends, self._gathered, self._arrows = {}, {}, {}, {}, QPainterPath()
        self._arrows.setFillRule(Qt.FillRule.WindingFill)
        for pair, edge in edges.items():
            path, tip = edge_path(layout, *pair)
            self._paths[pair] = path
            self._rects[pair] = path.controlPointRect().adjusted(-2, -2, 2, 2)
            self._ends[pair] = tip
            self._gathered.setdefault((edge.condition, edge.window), QPainterPath()).addPath(path)
            self._arrows.addPolygon(_arrow(tip))
        self.labels = place_words(edges, layout)
        self._rect = QRectF(-40, -40, layout.width + 80, layout.height + 80)
        self.update()

    def edge_at(self, point: QPointF, reach: float) -> GraphEdge | None:
        """Return the edge that passes a point no farther than `reach`, or whose words are there."""
        for pair, box in self.labels.items():
            if box.contains(point):
                return self._edges[pair]
        near = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        for pair, path in self._paths.items():
            if self._rects[pair].intersects(near) and _line_meets(path, near):
                return self._edges[pair]
        return None

    def boundingRect(self) -> QRectF:
        """Override QGraphicsItem.boundingRect: return the room of all edges."""
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Override QGraphicsItem.paint: draw the lines, and near by the words of unusual conditions."""
        palette = self._theme.palette
        scale = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, scale >= FAR)
        gathered = self._gathered if scale < FAR else self._gather(option.exposedRect)
        for kind, path in gathered.items():
            colour, width, line = edge_style(kind, palette)
            painter.setPen(QPen(QColor(colour), width, line))
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
        if scale >= READABLE:
            self._paint_words(painter, option.exposedRect, palette)

    def _gather(self, exposed: QRectF) -> dict[Kind, QPainterPath]:
        """Return the visible edges; finding them is cheaper than drawing all when zoomed in."""
        found: dict[Kind, QPainterPath] = {}
        for pair, path in self._paths.items():
            if self._rects[pair].intersects(exposed):
                edge = self._edges[pair]
                found.setdefault((edge.condition, edge.window), QPainterPath()).addPath(path)
        return found

    def _paint_current(self, painter: QPainter, palette: Palette) -> None:
        for pair, path in self._paths.items():
            if self.current in pair or pair == self.selected:
                _, width, line = edge_style((self._edges[pair].condition, self._edges[pair].window), palette)
                painter.setPen(QPen(QColor(palette.accent), width + (2.4 if pair == self.selected else 0.8), line))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(path)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(palette.accent))
                painter.drawPolygon(_arrow(self._ends[pair]))

    def _paint_words(self, painter: QPainter, exposed: QRectF, palette: Palette) -> None:
        painter.setFont(font_of(painter.font().family(), LABEL_PIXELS))
        for pair, box in self.labels.items():
            if not box.intersects(exposed):
                continue
            edge = self._edges[pair]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.ground))
            painter.drawRoundedRect(box, 3, 3)
            is_failure = edge.condition is DependencyCondition.FAILURE
            painter.setPen(QColor(palette.bad if is_failure else palette.muted))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "\n".join(label_lines(edge)))


def place_words(edges: Mapping[Edge, GraphEdge], layout: Layout) -> dict[Edge, QRectF]:
    """Return where words stand on edges."""
    spans = {}
    for pair, size in label_sizes(edges).items():
        begin, end = _last_span(layout, pair)
        if begin[0] < end[0]:
            spans[pair] = LabelledSpan(begin, end, size.width(), size.height())
    return {pair: QRectF(one.left, one.top, one.width, one.height) for pair, one in place_labels(spans).items()}


def _last_span(layout: Layout, pair: Edge) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return where an edge enters the gap before its end, and where its arrow begins."""
    (from_x, from_y), (to_x, to_y) = layout.nodes[pair[0]], layout.nodes[pair[1]]
    bends = layout.bends.get(pair, [])
    begin = bends[-1] if bends else (from_x + NODE_WIDTH, from_y + NODE_HEIGHT / 2)
    return begin, (to_x - _ARROW + 1, to_y + NODE_HEIGHT / 2)


def _line_meets(path: QPainterPath, box: QRectF) -> bool:
    """Whether the line of a path, not what it encloses, passes a box."""
    steps = max(int(path.length() / max(box.width() / 2, 1.0)), 1)
    return any(box.contains(path.pointAtPercent(step / steps)) for step in range(steps + 1))


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
