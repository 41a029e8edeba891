"""The actions of a table as icon buttons beside its filter, for the rows that are selected."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from console.actions import Action, tip
from console.theme.current import Theme
from console.theme.icons import icon
from console.widgets.data_table import DataTable
from console.widgets.plain_tip import plain_tip
from console.widgets.row_action import RowAction


class SelectionButtons(QWidget):
    """One button for each action that the bar over a row has. `can_act` says whether the backend can be asked."""

    def __init__(self, theme: Theme, table: DataTable, *, can_act: Callable[[], bool]) -> None:
        super().__init__()
        self.setObjectName("plain")
        self._theme = theme
        self._table = table
        self._can_act = can_act
        self._buttons: dict[str, tuple[QToolButton, RowAction[Any]]] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for action in table.row_actions:
            if not action.on_hover:
                continue
            button = QToolButton()
            button.setIconSize(QSize(16, 16))
            button.setAccessibleName(action.text())
            button.clicked.connect(lambda _checked=False, name=action.id: self.act(name))
            row.addWidget(button)
            self._buttons[action.id] = (button, action)
        table.selectionModel().selectionChanged.connect(self.show_state)
        theme.changed.connect(self.show_state)
        self.show_state()

    def commands(self, prefix: str, group: str, *, active: Callable[[], "SelectionButtons"]) -> list[Action]:
        """Return what can be done with the selected rows, by key; `prefix` begins the ids.

        A view with two tables has two of these and one set of keys: `active` returns those of the table that is shown.
        """
        return [
            Action(
                f"{prefix}.{name}",
                action.text(),
                lambda name=name: active().act(name),  # type: ignore[misc]
                group=group,
                shortcuts=action.shortcuts,
                icon_name=action.icon_name,
                is_enabled=lambda name=name: active().can_do(name),  # type: ignore[misc]
            )
            for name, (_, action) in self._buttons.items()
        ]

    def act(self, name: str) -> None:
        """Do an action to the selected rows, if there is one of this id."""
        if name in self._buttons:
            self._table.act(self._buttons[name][1], self._table.selected())

    def can_do(self, name: str) -> bool:
        """Whether an action can be done now."""
        return name in self._buttons and self._buttons[name][0].isEnabled()

    def show_state(self, *_: object) -> None:
        """Enable what can be done with one of the selected rows, and say in the others' tips why not."""
        rows = self._table.selected()
        palette = self._theme.palette
        for button, action in self._buttons.values():
            button.setEnabled(self._can_act() and any(action.can_do(row) for row in rows))
            button.setToolTip(plain_tip(action.why_refused(rows) or _tip_of(action)))
            button.setIcon(icon(action.icon_name, palette.text if button.isEnabled() else palette.idle))


def _tip_of(action: RowAction[Any]) -> str:
    return tip(action.text(), (action.shortcuts or ("Del",))[0])
