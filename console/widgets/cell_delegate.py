"""How a cell is drawn: glyph, bar, text cut in the middle."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.theme.current import Theme
from console.theme.glyphs import PAST_OPACITY, paint_glyph
from console.theme.icons import icon
from console.widgets.table_model import BAD_ROLE, GLYPH_ROLE, MUTED_ROLE, SHARE_ROLE, SIGN_ROLE, Sign, TableModel

GLYPH_SIZE = 12
_SIGN_SIZE, _SIGN_GAP = 14, 6
BAR_WIDTH = 56
PADDING = 8


class CellDelegate(QStyledItemDelegate):
    """Draws every cell of the console's tables."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.turn = 0.0
        self.hovered_row = -1
        self.is_stale = False

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return a size with room for glyph and bar."""
        size = super().sizeHint(option, index)
        if index.data(GLYPH_ROLE):
            size.setWidth(size.width() + GLYPH_SIZE + PADDING)
        if index.data(SHARE_ROLE) is not None:
            size.setWidth(size.width() + BAR_WIDTH + PADDING)
        return size

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one cell; the model is asked directly, for a way through Qt costs more than most answers."""
        palette = self._theme.palette
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if is_selected or index.row() == self.hovered_row:
            painter.fillRect(box, QColor(palette.raised))
        if is_selected and index.column() == 0:
            painter.fillRect(QRect(box.left(), box.top(), 2, box.height()), QColor(palette.accent))
        painter.setPen(QColor(palette.line))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        inner = box.adjusted(PADDING, 0, -PADDING, 0)
        model = index.model()
        assert isinstance(model, TableModel)
        draw, row = model.columns[index.column()].draw, model.row_at(index.row())
        is_past = self.is_stale or model.is_past(index.row())
        if draw is not None and row is not None:
            painter.setOpacity(PAST_OPACITY if is_past else 1.0)
            draw(painter, inner, row, palette)
            painter.restore()
            return
        glyph = model.data(index, GLYPH_ROLE)
        if glyph:
            top = inner.top() + (inner.height() - GLYPH_SIZE) / 2
            turn = 0.0 if is_past else self.turn
            painter.setOpacity(PAST_OPACITY if is_past else 1.0)
            paint_glyph(painter, QRectF(inner.left(), top, GLYPH_SIZE, GLYPH_SIZE), glyph, palette, turn=turn)
            painter.setOpacity(1.0)
            inner.setLeft(inner.left() + GLYPH_SIZE + PADDING)
        share = model.data(index, SHARE_ROLE)
        if share is not None:
            self._paint_bar(painter, inner, float(share))
            inner.setLeft(inner.left() + BAR_WIDTH + PADDING)
        self._paint_text(painter, inner, option, model, index)
        painter.restore()

    def _paint_bar(self, painter: QPainter, inner: QRect, share: float) -> None:
        palette = self._theme.palette
        groove = QRectF(inner.left(), inner.center().y() - 2, BAR_WIDTH, 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.line))
        painter.drawRoundedRect(groove, 3, 3)
        if share > 0:
            groove.setWidth(max(BAR_WIDTH * min(share, 1.0), 6))
            painter.setBrush(QColor(palette.accent))
            painter.drawRoundedRect(groove, 3, 3)

    def _paint_text(
        self,
        painter: QPainter,
        inner: QRect,
        option: QStyleOptionViewItem,
        model: TableModel[Any],
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        palette = self._theme.palette
        if self.is_stale or model.is_past(index.row()):
            colour = palette.muted
        elif model.data(index, BAD_ROLE):
            colour = palette.bad
        elif model.data(index, MUTED_ROLE):
            colour = palette.muted
        else:
            colour = palette.text
        font = model.data(index, Qt.ItemDataRole.FontRole)
        painter.setFont(font or option.font)
        painter.setPen(QColor(colour))
        text = str(model.data(index) or "").replace("\n", " ")
        sign = model.data(index, SIGN_ROLE)
        room = inner.width() - (_SIGN_SIZE + _SIGN_GAP if sign is not None else 0)
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(inner, model.data(index, Qt.ItemDataRole.TextAlignmentRole), cut)
        if sign is not None:
            left = inner.left() + painter.fontMetrics().horizontalAdvance(cut) + _SIGN_GAP
            self._paint_sign(painter, QPoint(left, inner.center().y()), sign)

    def _paint_sign(self, painter: QPainter, at: QPoint, sign: Sign) -> None:
        box = QRect(at.x(), at.y() - _SIGN_SIZE // 2 + 1, _SIGN_SIZE, _SIGN_SIZE)
        icon(sign.icon_name, self._theme.palette.muted, _SIGN_SIZE).paint(painter, box)
