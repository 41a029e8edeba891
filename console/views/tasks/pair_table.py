"""Names and values as a table of two columns: environment and labels."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from console.theme.current import monospace
from console.views.tasks.field_texts import pairs_text, read_pairs
from console.words import tr

_ROW_HEIGHT = 26
_LEAST_ROWS = 2
_MOST_ROWS = 8


class _Completing(QStyledItemDelegate):
    """Offers the names that are known, and the values that are known for the name of the row."""

    def __init__(self, known: Mapping[str, Sequence[str]], parent: QWidget) -> None:
        super().__init__(parent)
        self._known = known

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """Override QStyledItemDelegate.createEditor."""
        editor = super().createEditor(parent, option, index)
        name = str(index.sibling(index.row(), 0).data() or "").strip()
        offered = sorted(self._known) if index.column() == 0 else self._known.get(name, ())
        if isinstance(editor, QLineEdit) and offered:
            completer = QCompleter(list(offered), editor)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            editor.setCompleter(completer)
        return editor


class PairTable(QTableWidget):
    """A free row at the end takes the next pair; Del removes rows; lines of NAME=value can be pasted and copied.

    `text` and `setText` are the same as lines of NAME=value; `textChanged` follows each change.
    """

    textChanged = Signal()  # noqa: N815

    def __init__(self, parent: QWidget | None = None, *, known: Mapping[str, Sequence[str]] | None = None) -> None:
        """`known` are names that are offered while one types, each with its values."""
        super().__init__(0, 2, parent)
        self._is_filling = False
        if known:
            self.setItemDelegate(_Completing(known, self))
        self.setObjectName("pairs")
        self.setHorizontalHeaderLabels([tr("Name"), tr("Value")])
        self.setFont(monospace())
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.resizeSection(0, 200)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.cellChanged.connect(self._changed)
        self.setText("")

    def text(self) -> str:
        """Return the pairs as lines; a value without a name is a line that is refused where it is read."""
        lines = []
        for row in range(self.rowCount()):
            name, value = self._at(row, 0).strip(), self._at(row, 1)
            if name or value:
                lines.append(f"{name}={value}")
        return "\n".join(lines)

    def setText(self, text: str) -> None:
        """Show the pairs of lines."""
        try:
            pairs = read_pairs(text)
        except ValueError:
            pairs = dict(line.partition("=")[::2] for line in text.splitlines() if line.strip())
        self._is_filling = True
        self.setRowCount(0)
        for name, value in pairs.items():
            self._add(name, value)
        self._add("", "")
        self._is_filling = False
        self._fit()
        self.textChanged.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget.keyPressEvent: del removes rows, Ctrl+V takes lines, Ctrl+C gives them."""
        if event.key() == Qt.Key.Key_Delete and self.state() is not QAbstractItemView.State.EditingState:
            self._remove({index.row() for index in self.selectedIndexes()})
        elif event.matches(QKeySequence.StandardKey.Paste):
            self._paste(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            QGuiApplication.clipboard().setText(pairs_text({self._at(row, 0): self._at(row, 1) for row in rows}))
        else:
            super().keyPressEvent(event)

    def _at(self, row: int, column: int) -> str:
        item = self.item(row, column)
        return item.text() if item is not None else ""

    def _add(self, name: str, value: str) -> None:
        row = self.rowCount()
        self.insertRow(row)
        self.setItem(row, 0, QTableWidgetItem(name))
        self.setItem(row, 1, QTableWidgetItem(value))

    def _remove(self, rows: set[int]) -> None:
        for row in sorted(rows, reverse=True):
            self.removeRow(row)
        self._changed()
        self.selectionModel().setCurrentIndex(
            self.model().index(max(self.rowCount() - 1, 0), 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )

    def _paste(self, text: str) -> None:
        if "=" not in text and self.currentItem() is not None:
            self.currentItem().setText(text.strip("\n"))
            return
        kept = [line for line in self.text().splitlines() if line != "="]
        lines = [line.removeprefix("export ") for line in text.splitlines() if "=" in line]
        self.setText("\n".join([*kept, *lines]))

    def _changed(self, *_: object) -> None:
        if self._is_filling:
            return
        last = self.rowCount() - 1
        if last < 0 or self._at(last, 0) or self._at(last, 1):
            self._is_filling = True
            self._add("", "")
            self._is_filling = False
        self._fit()
        self.textChanged.emit()

    def _fit(self) -> None:
        rows = min(max(self.rowCount(), _LEAST_ROWS), _MOST_ROWS)
        self.setFixedHeight(rows * _ROW_HEIGHT + 32)
