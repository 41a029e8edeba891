"""The line below the table: the count of tasks, and actions on the selected ones."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from console.theme.current import Theme
from console.theme.icons import icon
from console.widgets.data_table import DataTable
from console.widgets.plain_tip import plain_tip
from console.widgets.progress_strip import ProgressStrip
from console.widgets.row_action import RowAction
from console.widgets.surfaces import label
from console.words import number, tr

_HEIGHT = 40


class SelectionFooter(QWidget):
    """Always visible, so that nothing moves when a row is selected; `actions` are the table's for many rows."""

    def __init__(self, theme: Theme, table: DataTable, actions: Sequence[RowAction[Any]]) -> None:
        super().__init__()
        self._theme = theme
        self._table = table
        self.setFixedHeight(_HEIGHT)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 8, 4)
        layout.setSpacing(4)
        self._count = label("", "secondary")
        self.progress = ProgressStrip()
        self._selected = label("", "secondary")
        layout.addWidget(self._count)
        layout.addSpacing(12)
        layout.addWidget(self.progress)
        layout.addStretch(1)
        layout.addWidget(self._selected)
        layout.addSpacing(8)
        self.buttons: list[tuple[QToolButton, RowAction[Any]]] = []
        for action in actions:
            button = QToolButton()
            button.setObjectName("rowAction")
            button.setText(action.text())
            button.setToolTip(plain_tip(action.text()))
            button.setAccessibleName(action.text())
            button.clicked.connect(lambda _checked=False, chosen=action: table.act(chosen, table.selected()))
            layout.addWidget(button)
            self.buttons.append((button, action))
        table.selectionModel().selectionChanged.connect(lambda *_: self.show_selection())
        table.rows_model.dataChanged.connect(lambda *_: self.show_selection())
        theme.changed.connect(self._restyle)
        self._restyle()
        self.show_selection()

    def show_text(self, words: str) -> None:
        """Show the count of tasks."""
        self._count.setText(words)

    def show_selection(self) -> None:
        """Offer the actions that apply to the selected rows; those that are not permitted say why."""
        places = self._table.selected_places()
        rows = self._table.selected()
        self._selected.setText(tr("%1 selected", number(len(places))) if places else "")
        for button, action in self.buttons:
            button.setVisible(bool(rows))
            button.setEnabled(any(action.can_do(row) for row in rows))
            button.setToolTip(plain_tip(action.why_refused(rows) or action.text()))

    def _restyle(self) -> None:
        for button, action in self.buttons:
            button.setIcon(icon(action.icon_name, self._theme.palette.muted))
