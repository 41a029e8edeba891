"""Rows of any kind as a table: columns are functions, and each change is signalled in the smallest steps."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFont, QPainter

from console.theme.glyphs import Glyph
from console.theme.palette import Palette
from console.widgets.plain_tip import plain_tip
from console.words import enumeration

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex

GLYPH_ROLE = Qt.ItemDataRole.UserRole + 1
MUTED_ROLE = Qt.ItemDataRole.UserRole + 2
SHARE_ROLE = Qt.ItemDataRole.UserRole + 3
BAD_ROLE = Qt.ItemDataRole.UserRole + 4
SIGN_ROLE = Qt.ItemDataRole.UserRole + 5
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class Sign:
    """An icon after the text of a cell, and what it says."""

    icon_name: str
    words: str


@dataclass(frozen=True)
class Column(Generic[R]):
    """How one column shows a row.

    `sort` is the API's name for the order by this column. `widest` is a text as wide as the column should be.
    `share` gives 0 to 1 for a bar before the text. `draw` draws the whole cell, `widest_pixels` wide. `stretches`
    takes the spare width; those that `grows` share a half of it, up to three times their own. Where the table is
    narrow, columns leave it in the order of their `goes_at`, the highest first; 0 stays. `name` is what a choice of
    columns remembers it by, whatever the language; `is_extra` is shown only where a person asks for it. `sign` is an
    icon after the text; its words are in the tooltip.
    """

    title: str
    text: Callable[[R], str]
    widest: str = ""
    sort: str | None = None
    tooltip: Callable[[R], str] | None = None
    glyph: Callable[[R], Glyph | None] | None = None
    share: Callable[[R], float] | None = None
    is_bad: Callable[[R], bool] | None = None
    is_number: bool = False
    is_muted: bool = False
    stretches: bool = False
    grows: bool = False
    goes_at: int = 0
    font: QFont | None = None
    draw: Callable[[QPainter, QRect, R, Palette], None] | None = None
    sign: Callable[[R], Sign | None] | None = None
    widest_pixels: int = 0
    name: str = ""
    is_extra: bool = False


class TableModel(QAbstractTableModel, Generic[R]):
    """Columns over rows that a subclass holds; a row that it does not have yet is None, and shown as such.

    `is_past` says which rows are no longer true: they are dimmed and still.
    """

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], Hashable],
        parent: QObject | None = None,
        *,
        is_past: Callable[[R], bool] | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self._key = key
        self._is_past = is_past
        self._position: dict[Hashable, int] = {}

    def row_at(self, place: int) -> R | None:
        """Return the row at a place, or None where it is not loaded."""
        raise NotImplementedError

    def columnCount(self, parent: Index | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's title and alignment."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(self.columns[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        row, column = self.row_at(index.row()), self.columns[index.column()]
        if row is None:
            return self._of_missing(column, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(column, row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            sign = column.sign(row) if column.sign else None
            return enumeration([column.text(row), sign.words]) if sign else None
        if role == SIGN_ROLE:
            return column.sign(row) if column.sign else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        if role == Qt.ItemDataRole.FontRole:
            return column.font
        if role == GLYPH_ROLE:
            return column.glyph(row) if column.glyph else None
        if role == SHARE_ROLE:
            return column.share(row) if column.share else None
        if role == MUTED_ROLE:
            return column.is_muted
        if role == BAD_ROLE:
            return bool(column.is_bad and column.is_bad(row))
        return None

    @staticmethod
    def _tip(column: Column[R], row: R) -> str | None:
        sign = column.sign(row) if column.sign else None
        words = [column.tooltip(row) if column.tooltip else "", sign.words if sign else ""]
        return plain_tip("\n".join(filter(None, words))) or None

    def _of_missing(self, column: Column[R], role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return "…" if column is self.columns[0] else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        return True if role == MUTED_ROLE else None

    @staticmethod
    def _alignment(column: Column[R]) -> int:
        return _RIGHT if column.is_number else _LEFT

    def key_of(self, row: R) -> Hashable:
        """Return what identifies a row."""
        return self._key(row)

    def key_at(self, place: int) -> Hashable | None:
        """Return the key of the row at a place, or None where it is not loaded."""
        row = self.row_at(place)
        return None if row is None else self._key(row)

    def is_past(self, place: int) -> bool:
        """Whether the row at a place is no longer true."""
        row = self.row_at(place)
        return row is not None and self._is_past is not None and self._is_past(row)

    def row_of(self, key: Hashable) -> int | None:
        """Return where the row with `key` is."""
        return self._position.get(key)

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Show the same rows by other columns (another language)."""
        self.beginResetModel()
        self.columns = list(columns)
        self.endResetModel()

    def times_passed(self) -> None:
        """Redraw the relative times."""
        rows = self.rowCount()
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, len(self.columns) - 1))


class RowsModel(TableModel[R]):
    """Rows with a key each; selection and scrolling follow the key when rows come, go and move."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], Hashable],
        parent: QObject | None = None,
        *,
        is_past: Callable[[R], bool] | None = None,
    ) -> None:
        super().__init__(columns, key, parent, is_past=is_past)
        self.rows: list[R] = []

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def row_at(self, place: int) -> R | None:
        """Return the row at a place."""
        return self.rows[place]

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show `rows` instead, by removing, adding, moving and changing what differs."""
        wanted = {self._key(row): row for row in rows}
        stayed = [row for row in self.rows if self._key(row) in wanted]
        if len(stayed) < len(self.rows):
            # Those that leave go to the end first, so that any number of them is one removal.
            gone = [row for row in self.rows if self._key(row) not in wanted]
            if [self._key(row) for row in self.rows[len(stayed) :]] != [self._key(row) for row in gone]:
                self._reorder([*stayed, *gone])
            self.beginRemoveRows(QModelIndex(), len(stayed), len(self.rows) - 1)
            self._take(stayed)
            self.endRemoveRows()
        known = {self._key(row) for row in self.rows}
        added = [row for key, row in wanted.items() if key not in known]
        if added:
            first = len(self.rows)
            self.beginInsertRows(QModelIndex(), first, first + len(added) - 1)
            self._take([*self.rows, *added])
            self.endInsertRows()
        if [self._key(row) for row in self.rows] != list(wanted):
            self._reorder(list(wanted.values()))
        else:
            self._take(list(wanted.values()))
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self.columns) - 1))

    def replace(self, row: R) -> bool:
        """Show a newer state of a row that is there; return whether it was."""
        place = self._position.get(self._key(row))
        if place is None:
            return False
        self.rows[place] = row
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.columns) - 1))
        return True

    def _take(self, rows: Sequence[R]) -> None:
        self.rows = list(rows)
        self._position = {self._key(row): place for place, row in enumerate(self.rows)}

    def _reorder(self, rows: Sequence[R]) -> None:
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        keys = [self._key(self.rows[index.row()]) for index in held]
        self._take(rows)
        self.changePersistentIndexList(
            held, [self.index(self._position[key], index.column()) for key, index in zip(keys, held, strict=True)]
        )
        self.layoutChanged.emit()
