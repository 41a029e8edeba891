"""Menus of row actions, in groups with a line between them."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from console.theme.icons import icon
from console.theme.palette import Palette
from console.widgets.plain_tip import plain_tip
from console.widgets.row_action import RowAction

R = TypeVar("R")


def fill_menu(
    menu: QMenu,
    actions: Iterable[RowAction[R]],
    rows: Sequence[R],
    palette: Palette,
    *,
    can_do: Callable[[RowAction[R]], bool],
    act: Callable[[RowAction[R]], object],
    tip_of: Callable[[RowAction[R]], str] = lambda action: action.text(),
) -> None:
    """Add the actions for some rows by their groups; within a group they keep their order."""
    group = None
    for action in sorted(actions, key=lambda one: one.group):
        if group is not None and action.group is not group:
            menu.addSeparator()
        group = action.group
        menu.addAction(_entry(menu, action, rows, palette, can_do=can_do, act=act, tip_of=tip_of))


def _entry(
    menu: QMenu,
    action: RowAction[R],
    rows: Sequence[R],
    palette: Palette,
    *,
    can_do: Callable[[RowAction[R]], bool],
    act: Callable[[RowAction[R]], object],
    tip_of: Callable[[RowAction[R]], str],
) -> QAction:
    is_on = action.is_on is not None and all(map(action.is_on, rows))
    entry = QAction(icon("done" if is_on else action.icon_name, palette.accent if is_on else palette.muted), "", menu)
    entry.setText(action.text())
    entry.setEnabled(can_do(action))
    if action.is_on is not None:
        entry.setCheckable(True)
        entry.setChecked(is_on)
    entry.setToolTip(plain_tip(action.why_refused(rows) or tip_of(action)))
    entry.triggered.connect(lambda _checked=False: act(action))
    return entry
