"""The drawing of a graph: zoomed, walked and drawn in by mouse and keys."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QToolTip,
    QWidget,
)

from console.theme.current import Theme
from console.views.graph.drawing import STEP, GraphDrawing
from console.views.graph.drawn_line import DrawnLine
from console.views.graph.layout import Layout
from console.views.graph.model import GraphModel
from console.views.graph.walking import Way, beside, edges_beside, first_of
from console.widgets.plain_tip import plain_tip
from console.words import Times

_WAYS = {
    Qt.Key.Key_Left: Way.LEFT,
    Qt.Key.Key_Right: Way.RIGHT,
    Qt.Key.Key_Up: Way.UP,
    Qt.Key.Key_Down: Way.DOWN,
}


class GraphCanvas(GraphDrawing):
    """`opened` carries the task to open, `menu_wanted` the place of the menu.

    `drawn` carries the upstream task and the task between which a person drew a dependency, and where; the line stays
    until `end_drawing`. `refusal` returns why there can be none between two tasks.
    """

    opened = Signal(int)
    menu_wanted = Signal(object)
    drawn = Signal(int, int, object)

    def __init__(self, theme: Theme, times: Times, parent: QWidget | None = None) -> None:
        super().__init__(theme, times, parent)
        self._line = DrawnLine(theme)
        self.scene().addItem(self._line)
        self._pressed: tuple[int, QPoint] | None = None
        self.is_drawing = False
        self.refusal: Callable[[int, int], str] = lambda _upstream, _task: ""

    def show_graph(self, model: GraphModel, layout: Layout) -> None:
        """Override GraphDrawing.show_graph: what is being drawn ends."""
        self.end_drawing()
        super().show_graph(model, layout)

    def end_drawing(self) -> None:
        """Take the line of a dependency away that is being drawn."""
        self._pressed = None
        self.is_drawing = False
        self._line.hide()
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override QWidget.wheelEvent: zoom around the pointer; with Shift move sideways."""
        turn = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not turn:
            super().wheelEvent(event)
            return
        self.zoom(STEP ** (turn / 120))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget.keyPressEvent: arrows walk, and with Shift select the edges of a task; Enter opens."""
        key = event.key()
        way = _WAYS.get(Qt.Key(key))
        if way in (Way.LEFT, Way.RIGHT) and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._choose_next_edge(way)
        elif way is not None:
            self.choose(beside(self.model, self.layout_shown.nodes, self.current, way), is_shown=True)
        elif key == Qt.Key.Key_Escape and (self.is_drawing or self.edges.selected is not None):
            self.end_drawing()
            self.choose_edge(None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit(self.current)
        elif key == Qt.Key.Key_Home and self.items_by_id:
            self.choose(first_of(self.layout_shown.nodes), is_shown=True)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mousePressEvent: make the task under the pointer current, or select a dependency."""
        point = event.position().toPoint()
        item = self.item_at(point)
        if item is not None:
            self.choose(item.node.id)
            if event.button() is Qt.MouseButton.LeftButton:
                self._pressed = item.node.id, point
            event.accept()
            return
        if event.button() is Qt.MouseButton.LeftButton:
            self.choose(None)
            edge = self.edge_at(point)
            self.choose_edge(None if edge is None else (edge.upstream_id, edge.task_id))
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mouseMoveEvent: draw a dependency from the task on which the button was pressed."""
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        start, pressed_at = self._pressed
        point = event.position().toPoint()
        if not self.is_drawing and (point - pressed_at).manhattanLength() < QApplication.startDragDistance():
            return
        self.is_drawing = True
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        item = self.item_at(point)
        target = item.node.id if item is not None and item.node.id != start else None
        words = self.refusal(start, target) if target is not None else ""
        corner = self.layout_shown.nodes[target] if target is not None else None
        self._line.draw(self.layout_shown.nodes[start], self.mapToScene(point), target=corner, is_refused=bool(words))
        QToolTip.showText(event.globalPosition().toPoint(), plain_tip(words), self.viewport())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mouseReleaseEvent: end the drawing of a dependency, or stop dragging."""
        if self._pressed is not None:
            self._end_press(event.position().toPoint())
            event.accept()
            return
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

    def _end_press(self, point: QPoint) -> None:
        """Hand over a dependency that was drawn to a task; what ends on nothing is none."""
        pressed, item = self._pressed, self.item_at(point)
        if pressed is None or not self.is_drawing or item is None or item.node.id == pressed[0]:
            self.end_drawing()
            return
        self._pressed = None
        self.is_drawing = False
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.drawn.emit(pressed[0], item.node.id, self.viewport().mapToGlobal(point))

    def _choose_next_edge(self, way: Way) -> None:
        """Select the next dependency to a side of the current task."""
        if self.current is None:
            return
        pairs = edges_beside(self.model, self.layout_shown.nodes, self.current, way)
        if pairs:
            selected = self.edges.selected
            place = (pairs.index(selected) + 1) % len(pairs) if selected in pairs else 0
            self.choose_edge(pairs[place])
