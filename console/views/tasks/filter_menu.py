"""The menu of saved filters and of what concerns the list as a whole."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton

from console.context import Context
from console.theme.icons import icon
from console.views.tasks.saved_filters import SavedFilter, SavedFilters
from console.widgets.data_table import DataTable
from console.widgets.plain_tip import plain_tip
from console.words import tr
from shared.enums import Permission


class FilterMenu(QObject):
    """Hangs below `button`; `chosen` gives a saved filter."""

    chosen = Signal(object)
    import_wanted = Signal()

    def __init__(self, context: Context, table: DataTable, *, current: Callable[[str], SavedFilter]) -> None:
        """`current` returns what is looked for now, under a name."""
        super().__init__(table)
        self._table = table
        self._current = current
        self._context = context
        self.filters = SavedFilters(context.memory)
        self.button = QToolButton()
        self.button.setText(tr("Filters and columns"))
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setAccessibleName(tr("Filters and columns"))
        self.menu = QMenu(self.button)
        self.menu.aboutToShow.connect(self.fill)
        self.button.setMenu(self.menu)

    def fill(self) -> None:
        """Fill the menu."""
        menu = self.menu
        menu.clear()
        saved = self.filters.all()
        for one in saved:
            self._add(menu, one.name, partial(self.chosen.emit, one))
        if saved:
            menu.addSeparator()
        self._add(menu, tr("Save this filter…"), self.ask_name)
        if saved:
            forget = menu.addMenu(tr("Delete a saved filter"))
            for one in saved:
                self._add(forget, one.name, partial(self.filters.remove, one.name))
        menu.addSeparator()
        if self._table.layout_of_columns is not None:
            columns = self._table.layout_of_columns.menu()
            columns.setTitle(tr("Columns"))
            menu.addMenu(columns)
            menu.addSeparator()
        entry = self._add(menu, tr("Import a crontab…"), self.import_wanted.emit)
        entry.setIcon(icon("add", self._context.theme.palette.muted))
        refusal = self._context.permissions.why_nowhere(Permission.EDIT)
        entry.setEnabled(not refusal)
        entry.setToolTip(plain_tip(refusal))
        menu.setToolTipsVisible(bool(refusal))

    def ask_name(self) -> None:
        """Ask under which name the filter in use is kept."""
        dialog = QInputDialog(self.button.window())
        dialog.setWindowTitle(tr("Save this filter"))
        dialog.setLabelText(tr("Name"))
        dialog.setOkButtonText(tr("Save"))
        dialog.setCancelButtonText(tr("Cancel"))
        dialog.textValueSelected.connect(self._save)
        dialog.open()

    def _save(self, name: str) -> None:
        if name.strip():
            self.filters.save(self._current(name.strip()))

    @staticmethod
    def _add(menu: QMenu, text: str, do: Callable[[], object]) -> QAction:
        entry = QAction(text, menu)
        entry.triggered.connect(lambda _checked=False: do())
        menu.addAction(entry)
        return entry
