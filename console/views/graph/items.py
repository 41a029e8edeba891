"""The item of the graph that draws a task."""

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from console.status_words import last_run_words
from console.theme.current import Theme
from console.theme.glyphs import paint_glyph
from console.theme.palette import Palette
from console.views.graph.layout import NODE_HEIGHT, NODE_WIDTH
from console.views.graph.model import glyph_of
from console.words import Times, number, tr
from shared.enums import TaskStatus
from shared.models.task_graph import GraphNode

FAR = 0.38
"""Below this scale nothing can be read: `far_nodes` draws the tasks."""
READABLE = 0.6
"""From this scale on, the second line of a task and the conditions of edges are shown."""
_GLYPH = 16.0
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

    def boundingRect(self) -> QRectF:
        """Override QGraphicsItem.boundingRect: return the box with its border."""
        return _BOX.adjusted(-2, -2, 2, 2)

    def show_node(self, node: GraphNode) -> None:
        """Show a newer state."""
        if node != self.node:
            self.node = node
            self.update()

    def tip(self) -> str:
        """Return folder and name, the state, and the schedule of the task, one a line."""
        folder = f"{self.node.folder}/" if self.node.folder else ""
        lines = [f"{folder}{self.node.name}", node_words(self.node, self._times)]
        if self.node.schedule:
            lines.append(self.node.schedule)
        return "\n".join(lines)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Override QGraphicsItem.paint: draw the box, with less text where it is small."""
        palette = self._theme.palette
        scale = option.levelOfDetailFromTransform(painter.worldTransform())
        glyph = glyph_of(self.node)
        if self.is_dimmed:
            painter.setOpacity(_DIMMED)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border = palette.accent if self.is_current else palette.line
        painter.setPen(QPen(QColor(border), 2.0 if self.is_current else 1.0))
        painter.setBrush(QColor(palette.panel))
        painter.drawRoundedRect(_BOX, 6, 6)
        paint_glyph(painter, QRectF(12, (NODE_HEIGHT - _GLYPH) / 2, _GLYPH, _GLYPH), glyph, palette, turn=self.turn)
        self._paint_words(painter, palette, is_small=scale < READABLE)

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
        painter.setFont(font_of(painter.font().family(), pixels))
        cut = self._cut.get((words, pixels))
        if cut is None:
            cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, int(room.width()))
            self._cut = {key: value for key, value in self._cut.items() if key[0] == self.node.name}
            self._cut[words, pixels] = cut
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), cut)


@lru_cache(maxsize=16)
def font_of(family: str, pixels: int) -> QFont:
    """Return the font of a text on the drawing; making one takes time."""
    font = QFont(family)
    font.setPixelSize(pixels)
    return font
