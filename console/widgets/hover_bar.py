"""The buttons over the row under the pointer."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QTableView, QToolButton, QWidget

from console.theme.current import Theme
from console.theme.icons import icon
from console.widgets.plain_tip import plain_tip
from console.widgets.row_action import RowAction
from console.widgets.table_model import TableModel

_FADE = 24
"""Pixels over which the row's text fades out before the buttons."""


class HoverBar(QWidget):
    """The actions of one row, floating at its right end. `act` does one of them, `can_act` says whether it can be."""

    def __init__(
        self,
        table: QTableView,
        model: TableModel[Any],
        theme: Theme,
        actions: Sequence[RowAction[Any]],
        *,
        act: Callable[[RowAction[Any], list[Any]], None],
        can_act: Callable[[], bool],
    ) -> None:
        super().__init__(table.viewport())
        self._table = table
        self._model = model
        self._theme = theme
        self._do = act
        self._can_act = can_act
        self._row = -1
        self._buttons: list[tuple[QToolButton, RowAction[Any]]] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_FADE, 0, 4, 0)
        layout.setSpacing(0)
        for action in actions:
            if not action.on_hover:
                continue
            button = QToolButton(self)
            button.setObjectName("rowAction")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, chosen=action: self._act(chosen))
            layout.addWidget(button)
            self._buttons.append((button, action))
        self.restyle()
        self.hide()

    def restyle(self) -> None:
        """Tint the icons to the theme."""
        for button, action in self._buttons:
            button.setIcon(icon(action.icon_name, self._theme.palette.muted))
            button.setToolTip(plain_tip(action.text()))
            button.setAccessibleName(action.text())

    def show_for(self, row: int) -> None:
        """Float over `row`; -1 hides."""
        shown = self._model.row_at(row) if 0 <= row < self._model.rowCount() else None
        if not self._buttons or shown is None or not self._can_act():
            self.hide()
            return
        self._row = row
        seen = False
        for button, action in self._buttons:
            button.setVisible(action.applies(shown))
            button.setEnabled(action.can_do(shown))
            button.setToolTip(plain_tip(action.why_refused([shown]) or action.text()))
            seen = seen or action.applies(shown)
        if not seen:
            self.hide()
            return
        box = self._table.visualRect(self._model.index(row, 0))
        self.setFixedHeight(box.height() - 1)
        self.adjustSize()
        self.move(self._table.viewport().width() - self.width(), box.top())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: the row's text fades out before the buttons instead of being cut by them."""
        ground = QColor(self._theme.palette.raised)
        clear = QColor(ground)
        clear.setAlpha(0)
        fade = QLinearGradient(0, 0, _FADE, 0)
        fade.setColorAt(0, clear)
        fade.setColorAt(1, ground)
        painter = QPainter(self)
        painter.fillRect(self.rect(), fade)
        painter.end()

    def _act(self, action: RowAction[Any]) -> None:
        row = self._model.row_at(self._row) if self._row < self._model.rowCount() else None
        if row is not None:
            self._do(action, [row])
