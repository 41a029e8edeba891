"""The head of a table: it marks the column that sorts, and only columns that sort react to a click."""

from typing import Any

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from console.theme.current import Theme
from console.widgets.table_model import TableModel

_WIDTH = 7.0
_HEIGHT = 4.0
_GAP = 5.0
MARK_ROOM = round(_WIDTH + _GAP)
"""How much wider a column is that can be sorted by, so that its mark stands beside the title."""
_PADDING = 8


class SortHeader(QHeaderView):
    """`sort_wanted` carries the place of a column that was clicked and can be sorted by.

    Qt's own mark moves to whatever column is clicked, points down where values rise, and lies over the title of a
    column of numbers; so it is not used.
    """

    sort_wanted = Signal(int)

    def __init__(self, model: TableModel[Any], theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._columns = model
        self._theme = theme
        self._sort = ""
        self.setHighlightSections(False)
        self.setSectionsClickable(any(column.sort for column in model.columns))
        self.setSortIndicatorShown(False)
        self.setMouseTracking(True)
        self.sectionClicked.connect(self._clicked)

    @property
    def sort(self) -> str:
        """The order of the rows as the API writes it; empty without one."""
        return self._sort

    def show_sort(self, sort: str) -> None:
        """Mark the column by which the rows are sorted; `sort` as the API writes it."""
        self._sort = sort
        self.viewport().update()

    def mark_of(self, place: int) -> QPolygonF | None:
        """Return the triangle beside a title: it points up where values rise from row to row; None without one."""
        column = self._columns.columns[place]
        if not self._sort or column.sort != self._sort.removeprefix("-"):
            return None
        box = QRect(self.sectionViewportPosition(place), 0, self.sectionSize(place), self.height())
        words = self.fontMetrics().horizontalAdvance(column.title)
        if column.is_number:
            left = max(box.right() - _PADDING - words - _GAP - _WIDTH, box.left() + 2.0)
        else:
            left = min(box.left() + _PADDING + words + _GAP, box.right() - _WIDTH - 1.0)
        middle = box.center().y() + 0.5
        tip, base = (-_HEIGHT / 2, _HEIGHT / 2) if not self._sort.startswith("-") else (_HEIGHT / 2, -_HEIGHT / 2)
        return QPolygonF(
            [
                QPointF(left, middle + base),
                QPointF(left + _WIDTH, middle + base),
                QPointF(left + _WIDTH / 2, middle + tip),
            ]
        )

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Override QHeaderView.paintSection: draw the mark beside the title."""
        painter.save()
        super().paintSection(painter, rect, section)
        painter.restore()
        mark = self.mark_of(section) if section < len(self._columns.columns) else None
        if mark is not None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.palette.text))
            painter.drawPolygon(mark)
            painter.restore()

    def sectionSizeFromContents(self, section: int) -> QSize:
        """Override QHeaderView.sectionSizeFromContents: leave room for the mark."""
        size = super().sectionSizeFromContents(section)
        return QSize(size.width() + MARK_ROOM, size.height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override QHeaderView.mouseMoveEvent: the pointer shows which titles can be clicked."""
        super().mouseMoveEvent(event)
        if self.cursor().shape() in (Qt.CursorShape.ArrowCursor, Qt.CursorShape.PointingHandCursor):
            place = self.logicalIndexAt(event.position().toPoint())
            sorts = place >= 0 and self._columns.columns[place].sort is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if sorts else Qt.CursorShape.ArrowCursor)

    def _clicked(self, place: int) -> None:
        if self._columns.columns[place].sort is not None:
            self.sort_wanted.emit(place)
