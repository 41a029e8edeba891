"""The drawing of a graph: what is shown of it, at any scale."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsView,
    QToolTip,
    QWidget,
)

from console.theme.current import Theme
from console.theme.glyphs import Glyph
from console.views.graph.edge_words import edge_sentence
from console.views.graph.edges import EdgesItem
from console.views.graph.far_nodes import FarNodesItem
from console.views.graph.items import FAR, NodeItem
from console.views.graph.layout import NODE_HEIGHT, NODE_WIDTH, Edge, Layout
from console.views.graph.model import GraphModel, glyph_of
from console.widgets.plain_tip import plain_tip
from console.words import Times
from shared.models.task_graph import GraphEdge

NEAREST, FARTHEST = 2.5, 0.05
STEP = 1.25
_MARGIN = 32.0
_REACH = 5.0
_TURN_MS = 80
_TURN_DEGREES = 24.0


class GraphDrawing(QGraphicsView):
    """`chosen` carries the current task or None, `edge_chosen` the dependency that is selected, or None."""

    chosen = Signal(object)
    edge_chosen = Signal(object)

    def __init__(self, theme: Theme, times: Times, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._times = times
        self._scene = QGraphicsScene(self)
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.edges = EdgesItem(theme)
        self._scene.addItem(self.edges)
        self._near_nodes = QGraphicsRectItem()
        self._near_nodes.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self._scene.addItem(self._near_nodes)
        self._far_nodes = FarNodesItem(theme)
        self._scene.addItem(self._far_nodes)
        self.layout_shown = Layout()
        self.items_by_id: dict[int, NodeItem] = {}
        self.model = GraphModel()
        self.current: int | None = None
        self._is_fitted = True
        self._drawn = QRectF()
        self.setScene(self._scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState, False)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._turning = QTimer(self)
        self._turning.setInterval(_TURN_MS)
        self._turning.timeout.connect(self._turn)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_graph(self, model: GraphModel, layout: Layout) -> None:
        """Draw another graph; keeps the current task where it is still there."""
        for item in self.items_by_id.values():
            self._scene.removeItem(item)
        self.items_by_id = {}
        self.model = model
        for node_id, (left, top) in layout.nodes.items():
            item = NodeItem(model.nodes[node_id], self._theme, self._times)
            item.setPos(left, top)
            item.setParentItem(self._near_nodes)
            self.items_by_id[node_id] = item
        self.edges.show_edges(model.edges, layout)
        self._scene.setSceneRect(QRectF(0, 0, layout.width, layout.height).adjusted(-600, -400, 600, 400))
        self._drawn = QRectF(0, 0, layout.width, layout.height)
        self.layout_shown = layout
        self._far_nodes.show_nodes(model.nodes, layout.nodes, self._drawn)
        self.choose_edge(self.edges.selected if self.edges.selected in model.edges else None)
        kept = self.current if self.current in self.items_by_id else None
        self.current = None
        self.choose(kept)
        if self._is_fitted:
            self.fit()
        self.update_states(model)

    def update_states(self, model: GraphModel, only: Collection[int] | None = None) -> None:
        """Show newer states of tasks that are drawn."""
        self.model = model
        for node_id in self.items_by_id if only is None else only:
            if node_id in self.items_by_id and node_id in model.nodes:
                self.items_by_id[node_id].show_node(model.nodes[node_id])
        self._far_nodes.show_states(model.nodes)
        runs = any(glyph_of(item.node) is Glyph.ARC for item in self.items_by_id.values())
        if runs and self.isVisible():
            self._turning.start()
        else:
            self._turning.stop()

    def highlight(self, found: Collection[int] | None) -> None:
        """Dim all but these tasks; None dims nothing."""
        self._far_nodes.dimmed = set() if found is None else set(self.items_by_id) - set(found)
        self._far_nodes.update()
        for node_id, item in self.items_by_id.items():
            is_dimmed = found is not None and node_id not in found
            if item.is_dimmed != is_dimmed:
                item.is_dimmed = is_dimmed
                item.update()

    def choose(self, node_id: int | None, *, is_shown: bool = False) -> None:
        """Make a task the current one; `is_shown` brings it into sight."""
        if node_id != self.current:
            for one in (self.current, node_id):
                if one in self.items_by_id:
                    self.items_by_id[one].is_current = one == node_id
                    self.items_by_id[one].update()
            self.current = node_id
            self.edges.current = node_id
            self.edges.update()
            self._far_nodes.current = node_id
            self._far_nodes.update()
            self.chosen.emit(node_id)
        if node_id is not None:
            self.choose_edge(None)
        if is_shown and node_id in self.items_by_id:
            self._is_fitted = False
            self.ensureVisible(self.items_by_id[node_id], 60, 60)

    def choose_edge(self, pair: Edge | None) -> None:
        """Select a dependency, or none."""
        if pair != self.edges.selected:
            self.edges.selected = pair
            self.edges.update()
            self.edge_chosen.emit(pair)

    def zoom(self, factor: float) -> None:
        """Zoom in (above 1) or out, within bounds."""
        scale = self.transform().m11()
        wanted = min(max(scale * factor, FARTHEST), NEAREST)
        self._is_fitted = False
        self.scale(wanted / scale, wanted / scale)
        self._show_detail()

    def fit(self) -> None:
        """Fit the graph into the view, at most at its actual size."""
        room = self._drawn.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        self.fitInView(room, Qt.AspectRatioMode.KeepAspectRatio)
        if self.transform().m11() > 1:
            self.resetTransform()
            self.centerOn(self._drawn.center())
        self._is_fitted = True
        self._show_detail()

    def actual_size(self) -> None:
        """Show a task as large as is comfortable to read, around the current one."""
        self._is_fitted = False
        self.resetTransform()
        self._show_detail()
        if self.current in self.items_by_id:
            self.centerOn(self.items_by_id[self.current])

    def zoom_in(self) -> None:
        """Zoom in by a step."""
        self.zoom(STEP)

    def zoom_out(self) -> None:
        """Zoom out by a step."""
        self.zoom(1 / STEP)

    def keep_whole(self) -> None:
        """Show the next graph as a whole."""
        self._is_fitted = True

    def viewportEvent(self, event: QEvent) -> bool:
        """Override QAbstractScrollArea.viewportEvent: explain the task or the dependency under the pointer."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), plain_tip(self.words_at(event.pos())), self.viewport())
            return True
        return super().viewportEvent(event)

    def words_at(self, point: QPoint) -> str:
        """Return how the task at a point is, or what the dependency there asks for."""
        item = self.item_at(point)
        if item is not None:
            return item.tip()
        edge = self.edge_at(point)
        if edge is None:
            return ""
        return self.sentence_of(edge)

    def sentence_of(self, edge: GraphEdge) -> str:
        """Return what a dependency asks for."""
        upstream, task = (self.model.nodes[one].name for one in (edge.upstream_id, edge.task_id))
        return edge_sentence(edge, upstream=upstream, task=task)

    def item_at(self, point: QPoint) -> NodeItem | None:
        """Return the task at a point of the viewport, also where it is too small to read."""
        at = self.mapToScene(point)
        x, y = at.x(), at.y()
        for node_id, (left, top) in self.layout_shown.nodes.items():
            if left <= x <= left + NODE_WIDTH and top <= y <= top + NODE_HEIGHT:
                return self.items_by_id.get(node_id)
        return None

    def times_passed(self) -> None:
        """Redraw the relative times."""
        self._scene.update()

    def resizeEvent(self, event: object) -> None:
        """Override QWidget.resizeEvent: keep the whole graph in view."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self._is_fitted and self.items_by_id:
            self.fit()

    def showEvent(self, event: object) -> None:
        """Override QWidget.showEvent: turn the arcs of running tasks while they are visible."""
        super().showEvent(event)  # type: ignore[arg-type]
        self.update_states(self.model)

    def _show_detail(self) -> None:
        is_far = self.transform().m11() < FAR
        self._near_nodes.setVisible(not is_far)
        self._far_nodes.setVisible(is_far)

    def edge_at(self, point: QPoint) -> GraphEdge | None:
        """Return the dependency at a point of the viewport."""
        return self.edges.edge_at(self.mapToScene(point), _REACH / self.transform().m11())

    def _turn(self) -> None:
        if not self.isVisible():
            self._turning.stop()
            return
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        for item in self.items_by_id.values():
            if glyph_of(item.node) is Glyph.ARC and seen.intersects(item.sceneBoundingRect()):
                item.turn = (item.turn + _TURN_DEGREES) % 360
                item.update(QRectF(0, 0, NODE_HEIGHT, NODE_HEIGHT))

    def _restyle(self) -> None:
        self.setBackgroundBrush(QColor(self._theme.palette.ground))
        self._scene.update()
