"""Which columns of a table are shown, in which order and how wide: a person's choice, remembered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QTableView

from console import remembered
from console.memory import Memory
from console.widgets.table_model import Column, TableModel
from console.words import tr

_NARROWEST = 40
_KEEP_AFTER_MS = 300


class ColumnLayout(QObject):
    """The choice for one table: by the menu of its header, by dragging heads and their edges; `saved` follows it."""

    changed = Signal()
    saved = Signal()

    def __init__(self, table: QTableView, model: TableModel[Any], memory: Memory, name: str) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._memory = memory
        self._key = remembered.COLUMNS.of(name)
        self._is_recording = True
        self._shown: dict[str, bool] = {}
        self._widths: dict[str, int] = {}
        self._order: list[str] = []
        header = table.horizontalHeader()
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_menu)
        header.sectionResized.connect(self._resized)
        header.sectionMoved.connect(self._moved)
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(_KEEP_AFTER_MS)
        self._keeping.timeout.connect(self._keep)
        self._take(memory.get(self._key))

    def hides(self, column: Column[Any]) -> bool:
        """Whether the person does without a column."""
        return not self._shown.get(_key(column), not column.is_extra)

    def width_of(self, column: Column[Any]) -> int:
        """Return the width that the person gave a column, or 0."""
        return self._widths.get(_key(column), 0)

    def show(self, column: Column[Any], *, is_shown: bool) -> None:
        """Show a column, or do without it."""
        self._shown[_key(column)] = is_shown
        self._keep()
        self.changed.emit()

    @property
    def is_saved(self) -> bool:
        """Whether the choice is remembered; a width is a moment after the edge was dragged."""
        return not self._keeping.isActive()

    def as_usual(self) -> None:
        """Forget the choice."""
        self._take({})
        self._keep()
        self.changed.emit()

    @contextmanager
    def unrecorded(self) -> Iterator[None]:
        """Change widths without taking them for the person's choice."""
        self._is_recording = False
        try:
            yield
        finally:
            self._is_recording = True

    def _take(self, kept: Any) -> None:
        found = kept if isinstance(kept, dict) else {}
        self._shown = {str(name): bool(value) for name, value in dict(found.get("shown") or {}).items()}
        self._widths = {str(name): int(value) for name, value in dict(found.get("widths") or {}).items()}
        self._order = [str(name) for name in found.get("order") or []]
        self._put_in_order()

    def _put_in_order(self) -> None:
        header = self._table.horizontalHeader()
        names = [_key(column) for column in self._model.columns]
        wanted = [name for name in self._order if name in names]
        wanted += [name for name in names if name not in wanted]
        with self.unrecorded():
            for place, name in enumerate(wanted):
                header.moveSection(header.visualIndex(names.index(name)), place)

    def _resized(self, place: int, _before: int, width: int) -> None:
        columns = self._model.columns
        if self._is_recording and width >= _NARROWEST and place < len(columns) and not columns[place].stretches:
            self._widths[_key(columns[place])] = width
            self._keeping.start()

    def _moved(self, _logical: int, _before: int, _after: int) -> None:
        if self._is_recording:
            header, columns = self._table.horizontalHeader(), self._model.columns
            self._order = [_key(columns[header.logicalIndex(place)]) for place in range(len(columns))]
            self._keep()

    def _keep(self) -> None:
        self._memory.put(self._key, {"shown": self._shown, "widths": self._widths, "order": self._order})
        self.saved.emit()

    def _show_menu(self, at: QPoint) -> None:
        header = self._table.horizontalHeader()
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(header.mapToGlobal(at))

    def menu(self) -> QMenu:
        """Return the menu of columns."""
        menu = QMenu(self._table)
        for column in self._model.columns[1:]:
            entry = QAction(column.title, menu)
            entry.setCheckable(True)
            entry.setChecked(not self.hides(column))
            entry.toggled.connect(lambda is_shown, chosen=column: self.show(chosen, is_shown=is_shown))
            menu.addAction(entry)
        menu.addSeparator()
        usual = QAction(tr("Reset columns"), menu)
        usual.triggered.connect(self.as_usual)
        menu.addAction(usual)
        return menu


def _key(column: Column[Any]) -> str:
    return column.name or column.sort or column.title
