"""The drawing of a graph: zoomed by wheel and keys, dragged, walked with the arrow keys."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
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
from console.views.graph.layout import NODE_HEIGHT, NODE_WIDTH, Layout
from console.views.graph.model import GraphModel, glyph_of
from console.widgets.plain_tip import plain_tip
from console.words import Times

NEAREST, FARTHEST = 2.5, 0.05
_STEP = 1.25
_MARGIN = 32.0
_REACH = 5.0
_TURN_MS = 80
_TURN_DEGREES = 24.0


class GraphCanvas(QGraphicsView):
    """`chosen` carries the current task or None, `opened` the task to open, `menu_wanted` the place of the menu."""

    chosen = Signal(object)
    opened = Signal(int)
    menu_wanted = Signal(object)

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
        self._layout = Layout()
        self.items_by_id: dict[int, NodeItem] = {}
        self._model = GraphModel()
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
        self._model = model
        for node_id, (left, top) in layout.nodes.items():
            item = NodeItem(model.nodes[node_id], self._theme, self._times)
            item.setPos(left, top)
            item.setParentItem(self._near_nodes)
            self.items_by_id[node_id] = item
        self.edges.show_edges(model.edges, layout)
        self._scene.setSceneRect(QRectF(0, 0, layout.width, layout.height).adjusted(-600, -400, 600, 400))
        self._drawn = QRectF(0, 0, layout.width, layout.height)
        self._layout = layout
        self._far_nodes.show_nodes(model.nodes, layout.nodes, self._drawn)
        kept = self.current if self.current in self.items_by_id else None
        self.current = None
        self.choose(kept)
        if self._is_fitted:
            self.fit()
        self.update_states(model)

    def update_states(self, model: GraphModel, only: Collection[int] | None = None) -> None:
        """Show newer states of tasks that are drawn."""
        self._model = model
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
        if is_shown and node_id in self.items_by_id:
            self._is_fitted = False
            self.ensureVisible(self.items_by_id[node_id], 60, 60)

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
        self.zoom(_STEP)

    def zoom_out(self) -> None:
        """Zoom out by a step."""
        self.zoom(1 / _STEP)

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
        edge = self.edges.edge_at(self.mapToScene(point), _REACH / self.transform().m11())
        if edge is None:
            return ""
        upstream, task = (self._model.nodes[one].name for one in (edge.upstream_id, edge.task_id))
        return edge_sentence(edge, upstream=upstream, task=task)

    def item_at(self, point: QPoint) -> NodeItem | None:
        """Return the task at a point of the viewport, also where it is too small to read."""
        at = self.mapToScene(point)
        x, y = at.x(), at.y()
        for node_id, (left, top) in self._layout.nodes.items():
            if left <= x <= left + NODE_WIDTH and top <= y <= top + NODE_HEIGHT:
                return self.items_by_id.get(node_id)
        return None

    def times_passed(self) -> None:
        """Redraw the relative times."""
        self._scene.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override QWidget.wheelEvent: zoom around the pointer; with Shift move sideways."""
        turn = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not turn:
            super().wheelEvent(event)
            return
        self.zoom(_STEP ** (turn / 120))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget.keyPressEvent: arrows follow edges to the sides and a layer up and down; Enter opens."""
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.choose(self._beside(key), is_shown=True)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit(self.current)
        elif key == Qt.Key.Key_Home and self.items_by_id:
            self.choose(self._first(), is_shown=True)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mousePressEvent: make the task under the pointer current."""
        item = self.item_at(event.position().toPoint())
        if item is not None:
            self.choose(item.node.id)
            event.accept()
            return
        if event.button() is Qt.MouseButton.LeftButton:
            self.choose(None)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mouseReleaseEvent: stop dragging."""
        super().mouseReleaseEvent(event)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mouseDoubleClickEvent: open the task under the pointer."""
        item = self.item_at(event.position().toPoint())
        if item is not None:
            self.opened.emit(item.node.id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Override QWidget.contextMenuEvent: ask for the menu of the task under the pointer."""
        item = self.item_at(event.pos())
        if item is not None:
            self.choose(item.node.id)
            self.menu_wanted.emit(event.globalPos())

    def resizeEvent(self, event: object) -> None:
        """Override QWidget.resizeEvent: keep the whole graph in view."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self._is_fitted and self.items_by_id:
            self.fit()

    def showEvent(self, event: object) -> None:
        """Override QWidget.showEvent: turn the arcs of running tasks while they are visible."""
        super().showEvent(event)  # type: ignore[arg-type]
        self.update_states(self._model)

    def _show_detail(self) -> None:
        is_far = self.transform().m11() < FAR
        self._near_nodes.setVisible(not is_far)
        self._far_nodes.setVisible(is_far)

    def _first(self) -> int:
        return min(self.items_by_id, key=lambda one: (self.items_by_id[one].x(), self.items_by_id[one].y()))

    def _beside(self, key: int) -> int | None:
        """Return the task that an arrow key leads to, or the current one where it leads nowhere."""
        if not self.items_by_id:
            return None
        if self.current is None:
            return self._first()
        here = self.items_by_id[self.current].pos()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            goes_left = key == Qt.Key.Key_Left
            beside = self._model.upstreams if goes_left else self._model.downstreams
            near = [one for one in beside.get(self.current, ()) if one in self.items_by_id]
            if self.current in self._model.unconnected:
                near = [one for one in self._model.unconnected if (self.items_by_id[one].x() < here.x()) == goes_left]
                near = [one for one in near if self.items_by_id[one].x() != here.x()]
        else:
            down = key == Qt.Key.Key_Down
            near = [
                one
                for one, item in self.items_by_id.items()
                if abs(item.x() - here.x()) < NODE_WIDTH / 2 and (item.y() > here.y()) == down and one != self.current
            ]
        return min(near, key=lambda one: _distance(self.items_by_id[one].pos(), here), default=self.current)

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


def _distance(one: QPointF, other: QPointF) -> float:
    return abs(one.y() - other.y()) + abs(one.x() - other.x()) / 8
