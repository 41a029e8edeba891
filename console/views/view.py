"""What the window expects of a view."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from console.actions import Action
from console.context import Context
from console.views.view_state import restore, select_when_loaded, selected_keys, state_of
from console.widgets.data_table import DataTable
from console.widgets.filter_bar import FilterBar
from console.widgets.row_action import RowAction
from console.words import number, tr

Follow = Callable[[str, dict[str, object]], None]
"""Shows a view by its name, with what is wanted of it."""


class View(QWidget):
    """A page of the window.

    `follow` asks the window to show something elsewhere, `said` to show a sentence on what was just done.
    `back_wanted` asks for what was shown before.
    `primary_changed` says that the title or the primary action is another.

    A view loads nothing while it is hidden: `is_out_of_date` makes up for it when it is shown.
    """

    follow = Signal(str, dict)
    said = Signal(str)
    primary_changed = Signal()
    back_wanted = Signal()
    name = ""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.page = QVBoxLayout(self)
        self.page.setContentsMargins(0, 0, 0, 0)
        self.page.setSpacing(12)
        self.tables: list[DataTable] = []
        self.filter_bars: list[FilterBar] = []
        self.tab_widgets: list[QTabWidget] = []
        self._is_out_of_date = True
        context.connection.state_changed.connect(self._let_tables_act)
        context.connection.resynced.connect(self.changed)

    def _let_tables_act(self) -> None:
        """Let the tables act and be true while the backend is there."""
        for table in self.tables:
            table.can_act = self.context.connection.is_online
            table.set_stale(not self.context.connection.is_online)

    def add_tables(self, *tables: DataTable) -> None:
        """Offer the actions of these tables as commands, and only while the backend can be reached."""
        self.tables += tables
        for table in tables:
            if not table.accessibleName():
                table.setAccessibleName(self.title())
        self._let_tables_act()

    def title(self) -> str:
        """Return the title in the window's strip."""
        raise NotImplementedError

    def window_title(self) -> str:
        """Return what the window's title says: the view, or the object that a page shows."""
        return self.title()

    @property
    def can_be_shown(self) -> bool:
        """Whether it has something to show."""
        return True

    def linked(self) -> tuple[str, int | str] | None:
        """Return what a deep link to here names, as kind and id; None where the selection decides."""
        return None

    def primary_action(self) -> str:
        """Return the words of the view's one primary button, or nothing."""
        return ""

    def primary_refusal(self) -> str:
        """Return why the user may never do the primary action; empty where it is permitted."""
        return ""

    def do_primary_action(self) -> None:
        """Do what the primary button says."""

    def commands(self) -> list[Action]:
        """Return what can be done here and now, for the palette and the sheet of shortcuts.

        Those with shortcuts must always be among them: their keys are bound once, when the view is made. What is
        here by itself is the primary action, and what the tables offer for the rows that are selected.
        """
        found = []
        if self.primary_action():
            found.append(
                Action(
                    f"{self.name}.primary",
                    self.primary_action(),
                    self.do_primary_action,
                    group=self.title(),
                    icon_name="play",
                    is_enabled=lambda: self.context.connection.is_online,
                    refusal=self.primary_refusal,
                )
            )
        for table in self.tables:
            rows = table.selected() if table.isVisible() else []
            found += [self._of_rows(table, act, rows) for act in table.row_actions if any(map(act.applies, rows))]
        return found

    def _of_rows(self, table: DataTable, action: RowAction[Any], rows: list[Any]) -> Action:
        fitting = [row for row in rows if action.applies(row)]
        name = table.rows_model.columns[0].text(fitting[0])
        which = name if len(fitting) == 1 else tr("%1 selected", number(len(fitting)))
        return Action(
            f"{self.name}.{action.id}",
            tr("%1: %2", action.text(), which),
            lambda: table.act(action, fitting),
            group=self.title(),
            icon_name=action.icon_name,
            is_enabled=lambda: self.context.connection.is_online and any(map(action.can_do, fitting)),
            refusal=lambda: action.why_refused(fitting),
        )

    def focus_content(self) -> None:
        """Put the keyboard into what the view is about, when a person comes here by key."""
        shown = next((table for table in self.tables if table.isVisible()), None)
        if shown is not None:
            shown.setFocus()

    def focus_filter(self) -> None:
        """Put the keyboard into the view's filter, if it has one."""

    def show_with(self, wanted: dict[str, object]) -> None:
        """Show what another view asked for with `follow`."""

    def state(self) -> Mapping[str, Any]:
        """Return the state of filters and pages, which is remembered."""
        return state_of(self.filter_bars, self.tab_widgets)

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Bring filters and pages into a state of another day or window."""
        restore(state, self.filter_bars, self.tab_widgets)

    def selection(self) -> list[list[int | str]]:
        """Return the ids of the selected rows, for each table."""
        return [selected_keys(table) for table in self.tables]

    def restore_selection(self, selection: Sequence[Sequence[int | str]]) -> None:
        """Select rows again once they are loaded."""
        for table, keys in zip(self.tables, selection, strict=False):
            select_when_loaded(table, keys)

    def refresh(self) -> None:
        """Load what is shown."""

    def follow_change(self) -> None:
        """Load what is shown, which has changed by itself."""
        self.refresh()

    def changed(self) -> None:
        """Load again: now if the view is shown, otherwise when it is next shown."""
        if self.isVisible():
            self._is_out_of_date = False
            self.follow_change()
        else:
            self._is_out_of_date = True

    def mark_out_of_date(self) -> None:
        """Load when the view is next shown."""
        self._is_out_of_date = True

    def activated(self) -> None:
        """Take the window's word that the view is shown."""
        if self._is_out_of_date and self.context.connection.is_online:
            self._is_out_of_date = False
            self.refresh()
