"""What a person can do with the one object of a page: a few buttons, and a menu of the rest."""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from console.actions import Action, tip
from console.theme.current import Theme
from console.theme.icons import icon
from console.widgets.action_menu import fill_menu
from console.widgets.plain_tip import plain_tip
from console.widgets.row_action import RowAction
from console.words import tr

R = TypeVar("R")


class ActionButtons(QWidget, Generic[R]):
    """The actions of a table's rows, for one object.

    Those in `on_bar` are buttons while they apply, in that order; all others are in the menu. `keys` are the shortcuts
    of actions. Nothing can be done while `can_act` is false.
    """

    def __init__(
        self,
        theme: Theme,
        actions: Sequence[RowAction[R]],
        *,
        on_bar: Sequence[str],
        keys: Mapping[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self._theme = theme
        self._actions = {action.id: action for action in actions}
        self._keys = keys
        self._row: R | None = None
        self._can_act = True
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.buttons: dict[str, QPushButton] = {}
        for name in on_bar:
            button = QPushButton()
            button.setAutoDefault(False)
            button.setIconSize(QSize(16, 16))
            button.clicked.connect(lambda _checked=False, chosen=name: self.act(chosen))
            self.buttons[name] = button
            layout.addWidget(button)
        self.more = QToolButton()
        self.more.setText(tr("More"))
        self.more.setAccessibleName(tr("More actions"))
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.more)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._fill)
        self.more.setMenu(self.menu)
        layout.addWidget(self.more)
        theme.changed.connect(self._show)
        self._show()

    def show_row(self, row: R | None) -> None:
        """Offer what applies to an object; None offers nothing."""
        self._row = row
        self._show()

    def set_can_act(self, can_act: bool) -> None:
        """Say whether the backend can be asked."""
        self._can_act = can_act
        self._show()

    def can_do(self, name: str) -> bool:
        """Whether an action can be done now."""
        return self._can_act and self._row is not None and self._actions[name].can_do(self._row)

    def refusal_of(self, name: str) -> str:
        """Return why the user may not do an action; empty where they may, or where nothing is shown."""
        return self._actions[name].refusal(self._row) if self._row is not None else ""

    def act(self, name: str) -> None:
        """Do an action, if it can be done now."""
        if self._row is not None and self.can_do(name):
            self._actions[name].do([self._row])

    def commands(self, group: str) -> list[Action]:
        """Return the actions for the palette and the sheet of shortcuts, all of them: their keys are bound once."""
        return [
            Action(
                f"page.{action.id}",
                action.text(),
                self._doing(action.id),
                group=group,
                shortcuts=(self._keys[action.id],) if action.id in self._keys else (),
                icon_name=action.icon_name,
                is_enabled=self._asking(action.id),
                refusal=self._refusing(action),
            )
            for action in self._actions.values()
        ]

    def _doing(self, name: str) -> Callable[[], None]:
        return lambda: self.act(name)

    def _asking(self, name: str) -> Callable[[], bool]:
        return lambda: self.can_do(name)

    def _refusing(self, action: RowAction[R]) -> Callable[[], str]:
        return lambda: action.refusal(self._row) if self._row is not None else ""

    def _show(self) -> None:
        palette, row = self._theme.palette, self._row
        for name, button in self.buttons.items():
            action = self._actions[name]
            applies = row is not None and action.applies(row)
            if button.hasFocus() and not applies:
                self.more.setFocus()  # Qt would give the focus of a button that hides to the side bar
            button.setVisible(applies)
            button.setText(action.text())
            button.setIcon(icon(action.icon_name, palette.text))
            button.setEnabled(self.can_do(name))
            refused = action.why_refused([row]) if row is not None else ""
            button.setToolTip(plain_tip(refused or tip(action.text(), self._keys.get(name, ""))))
        self.more.setEnabled(row is not None)

    def _fill(self) -> None:
        self.menu.clear()
        row = self._row
        if row is None:
            return
        fill_menu(
            self.menu,
            [one for name, one in self._actions.items() if name not in self.buttons and one.applies(row)],
            [row],
            self._theme.palette,
            can_do=lambda action: self.can_do(action.id),
            act=lambda action: self.act(action.id),
            tip_of=lambda action: tip(action.text(), self._keys.get(action.id, "")),
        )
