"""Widgets side by side, in as many rows as their width needs."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLayout, QWidget


class WrappingRow(QWidget):
    """Equal columns of at least `least_width` pixels; what finds no room goes to the next row."""

    def __init__(
        self, widgets: Sequence[QWidget], *, least_width: int, spacing: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self._widgets = list(widgets)
        self._least_width = least_width
        self.columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(spacing)
        # A layout that kept the widgets' own widths would never become narrow enough to wrap.
        self._grid.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._place(len(self._widgets))

    def minimumSizeHint(self) -> QSize:
        """Override QWidget.minimumSizeHint: one column's width, and the height of the rows as they are."""
        return QSize(self._least_width, self._grid.minimumSize().height())

    def sizeHint(self) -> QSize:
        """Override QWidget.sizeHint: the height of the rows as they are."""
        return QSize(super().sizeHint().width(), self._grid.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget.resizeEvent: wrap for the new width."""
        super().resizeEvent(event)
        gap = self._grid.spacing()
        fitting = max(1, (self.width() + gap) // (self._least_width + gap))
        rows = -(-len(self._widgets) // fitting)
        self._place(-(-len(self._widgets) // rows))

    def _place(self, columns: int) -> None:
        if columns == self.columns:
            return
        self.columns = columns
        for place, widget in enumerate(self._widgets):
            self._grid.addWidget(widget, place // columns, place % columns)
        for column in range(len(self._widgets)):
            self._grid.setColumnStretch(column, int(column < columns))
        self.updateGeometry()
