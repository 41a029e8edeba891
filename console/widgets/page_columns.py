"""The scrolling body of a page: a wide and a narrow column of sections, or one column where there is little room."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from console.widgets.surfaces import SPACE

WIDE = 900
"""From this width in pixels there are two columns."""
VERY_WIDE = 1600
"""From this width in pixels the narrow column is wider."""
SIDE_WIDTH, WIDER_SIDE = 320, 440
_SCROLL_BAR = 10
_EDGE = 2


class PageColumns(QScrollArea):
    """Sections from top to bottom; the order of the Tab key is the one that is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pageBody")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._top_sections: list[QWidget] = []
        self._main_sections: list[QWidget] = []
        self._side_sections: list[QWidget] = []
        self._narrow: list[QWidget] = []
        self._is_wide: bool | None = None
        inner = QWidget()
        inner.setObjectName("plain")
        down = QVBoxLayout(inner)
        down.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        down.setSpacing(SPACE)
        self._top = QVBoxLayout()
        self._top.setSpacing(SPACE)
        across = QHBoxLayout()
        across.setSpacing(SPACE)
        down.addLayout(self._top)
        down.addLayout(across, 1)
        self._main, self._side = QVBoxLayout(), QVBoxLayout()
        self._side_column = QWidget()
        self._side_column.setObjectName("plain")
        self._side_column.setLayout(self._side)
        for column in (self._main, self._side):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(SPACE)
        across.addLayout(self._main, 1)
        across.addWidget(self._side_column)
        self.setWidget(inner)

    @property
    def is_wide(self) -> bool:
        """Whether there are two columns."""
        return bool(self._is_wide)

    def show_sections(
        self,
        top: Sequence[QWidget],
        main: Sequence[QWidget],
        side: Sequence[QWidget],
        narrow: Sequence[QWidget],
    ) -> None:
        """Show `top` over the whole width, and below it two columns, or one in the order of `narrow`."""
        wanted = (list(top), list(main), list(side), list(narrow))
        if wanted == (self._top_sections, self._main_sections, self._side_sections, self._narrow):
            return
        self._top_sections, self._main_sections, self._side_sections, self._narrow = wanted
        self._is_wide = None
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget.resizeEvent: one column or two."""
        super().resizeEvent(event)
        self._arrange()

    def order_focus(self) -> None:
        """Let the Tab key go from section to section as they are seen."""
        below = [*self._main_sections, *self._side_sections] if self._is_wide else self._narrow
        sections = [*self._top_sections, *below]
        chain = [one for section in sections for one in _stops(section)]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _arrange(self) -> None:
        self._side_column.setFixedWidth(WIDER_SIDE if self.width() >= VERY_WIDE else SIDE_WIDTH)
        is_wide = self.width() - _SCROLL_BAR >= WIDE
        if is_wide == self._is_wide:
            return
        self._is_wide = is_wide
        for column in (self._top, self._main, self._side):
            _empty(column)
        for section in self._top_sections:
            self._top.addWidget(section)
        for section in self._main_sections if is_wide else self._narrow:
            self._main.addWidget(section)
        for section in self._side_sections if is_wide else ():
            self._side.addWidget(section)
        self._main.addStretch(1)
        self._side.addStretch(1)
        self._side_column.setVisible(is_wide)
        self.order_focus()


def _empty(column: QVBoxLayout) -> None:
    """Remove all from a layout.

    A widget by `removeWidget`: while an item that `takeAt` returned lives, the widget notifies that one of its new
    size and no other, and the layout that it is in then uses the former size.
    """
    while (item := column.itemAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            column.removeWidget(widget)
        else:
            column.takeAt(0)


def _stops(section: QWidget) -> list[QWidget]:
    """Return what takes the Tab key within a section, from top to bottom and left to right."""
    found = [one for one in section.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    if section.focusPolicy() & Qt.FocusPolicy.TabFocus:
        found.insert(0, section)

    def place(widget: QWidget) -> tuple[int, int]:
        at = widget.mapTo(section, widget.rect().topLeft()) if widget is not section else widget.rect().topLeft()
        return at.y(), at.x()

    return sorted(found, key=place)
