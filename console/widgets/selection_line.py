"""The line below a table: how many rows there are and are selected, and what can be done with all of them."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from console.theme.current import Theme
from console.theme.icons import icon
from console.widgets.data_table import DataTable
from console.widgets.plain_tip import plain_tip
from console.widgets.row_action import RowAction
from console.widgets.surfaces import label
from console.words import number, tr

_HEIGHT = 28
_HEIGHT_WITH_BUTTONS = 40


class SelectionLine(QWidget):
    """`200 selected · Select all 1,041`, and the table's actions for many rows.

    It has its place at all times, so that nothing moves when rows are selected. In a table that loads its rows as one
    scrolls, `is_whole` says that the selection stands for all there are, until a person selects something else;
    `changed` follows each change of it.
    """

    changed = Signal()

    def __init__(self, theme: Theme, table: DataTable, actions: Sequence[RowAction[Any]] = ()) -> None:
        super().__init__()
        self._theme = theme
        self._table = table
        self._total: int | None = 0
        self.is_whole = False
        self.setFixedHeight(_HEIGHT_WITH_BUTTONS if actions else _HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(4)
        self.count = label("", "secondary")
        self.count.hide()
        self.words = label("", "secondary")
        self.link = QPushButton()
        self.link.setObjectName("link")
        self.link.clicked.connect(self._toggle)
        self.busy = label(tr("Working…"), "secondary")
        self.busy.hide()
        row.addWidget(self.count)
        row.addSpacing(12 if actions else 0)
        row.addWidget(self.words)
        row.addWidget(self.link)
        row.addStretch(1)
        row.addWidget(self.busy)
        row.addSpacing(8)
        self.buttons = [(self._button(action), action) for action in actions]
        for button, _ in self.buttons:
            row.addWidget(button)
        table.selectionModel().selectionChanged.connect(lambda *_: self.show_selection())
        model = table.rows_model
        for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            changed.connect(lambda *_: self._rows_changed())
        if actions:
            model.dataChanged.connect(lambda *_: self.show_selection())
            theme.changed.connect(self._restyle)
            self._restyle()
        table.selecting.connect(self.forget)
        self.show_selection()

    def _button(self, action: RowAction[Any]) -> QToolButton:
        button = QToolButton()
        button.setObjectName("rowAction")
        button.setText(action.text())
        button.setAccessibleName(action.text())
        button.clicked.connect(lambda: self._table.act(action, self._table.selected()))
        return button

    def show_count(self, words: str) -> None:
        """Show how many rows there are, in words."""
        self.count.setText(words)
        self.count.show()

    def show_total(self, total: int | None) -> None:
        """Take how many rows there are in all; None where that is not known."""
        self._total = total
        self.show_selection()

    def show_busy(self, is_busy: bool) -> None:
        """Show that a change of the selection is under way."""
        self.busy.setVisible(is_busy)

    def forget(self) -> None:
        """Select only what is marked: a person marks something else, or another question is asked."""
        self._set_whole(False)

    @property
    def _has_more(self) -> bool:
        loaded = self._table.rows_model.rowCount()
        return loaded > 0 and (self._total is None or self._total > loaded)

    def _toggle(self) -> None:
        if self.is_whole:
            self._table.clearSelection()
            self._set_whole(False)
        else:
            self._table.selectAll()
            self._set_whole(True)

    def _set_whole(self, is_whole: bool) -> None:
        if is_whole != self.is_whole:
            self.is_whole = is_whole
            self.changed.emit()
        self.show_selection()

    def _rows_changed(self) -> None:
        if self.is_whole:
            self._table.selectAll()
        self.show_selection()

    def show_selection(self) -> None:
        """Count what is selected, and offer the actions that apply; those that are not permitted say why."""
        selected = len(self._table.selected_places())
        loaded = self._table.rows_model.rowCount()
        total = self._total
        if self.is_whole and not selected:
            self.is_whole = False
        if self.is_whole and self._has_more:
            self.words.setText(tr("All %1 selected", number(total)) if total is not None else tr("All selected"))
            self.link.setText(tr("Clear selection"))
        else:
            is_said = selected > 1 or (selected == 1 and bool(self.buttons))
            self.words.setText(tr("%1 selected", number(selected)) if is_said else "")
            self.link.setText(tr("Select all %1", number(total)) if total is not None else tr("Select all"))
        self.link.setVisible(self._has_more and (self.is_whole or (1 < loaded == selected)))
        rows = self._table.selected() if self.buttons else []
        for button, action in self.buttons:
            button.setVisible(bool(rows))
            button.setEnabled(any(action.can_do(row) for row in rows))
            button.setToolTip(plain_tip(action.why_refused(rows) or action.text()))

    def _restyle(self) -> None:
        for button, action in self.buttons:
            button.setIcon(icon(action.icon_name, self._theme.palette.muted))
