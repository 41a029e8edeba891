"""Rows of a list that the backend holds: any number, of which those near the view are here."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

from PySide6.QtCore import QModelIndex, QObject

from console.widgets.table_model import Column, Index, TableModel

R = TypeVar("R")
PAGE = 50
MOST_PAGES = 200
"""Pages kept; the ones farthest from what is seen go first."""


class PagedModel(TableModel[R]):
    """Takes pages as they come; rows, selection and scrolling follow their keys from one state to the next."""

    def __init__(
        self, columns: Sequence[Column[R]], key: Callable[[R], Hashable], parent: QObject | None = None
    ) -> None:
        super().__init__(columns, key, parent)
        self._total = 0
        self._pages: dict[int, list[R]] = {}

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows, loaded or not."""
        return 0 if parent is not None and parent.isValid() else self._total

    def row_at(self, place: int) -> R | None:
        """Return a row, or None while it is not loaded."""
        page = self._pages.get(place // PAGE)
        within = place % PAGE
        return page[within] if page is not None and within < len(page) else None

    @property
    def rows(self) -> list[R]:
        """The rows that are loaded, in order."""
        return [row for number in sorted(self._pages) for row in self._pages[number]]

    def put(self, first: int, rows: Sequence[R], total: int, *, is_new: bool = False) -> None:
        """Show `rows` from page `first` on, of `total` in all; `is_new`: what was there belongs to another question."""
        pages = {} if is_new else dict(self._pages)
        for number in range(first, first + max(-(-len(rows) // PAGE), 1)):
            start = (number - first) * PAGE
            pages[number] = list(rows[start : start + PAGE])
        pages = {number: page for number, page in pages.items() if page and number * PAGE < total}
        if len(pages) > MOST_PAGES:
            near = sorted(pages, key=lambda number: abs(number - first))[:MOST_PAGES]
            pages = {number: pages[number] for number in near}
        self._set_total(total)
        self._show(pages)

    def set_total(self, total: int) -> None:
        """Take how many rows there are, those that are loaded at least."""
        last = max(self._pages, default=0)
        self._set_total(max(total, last * PAGE + len(self._pages.get(last, ()))))

    def replace(self, row: R) -> bool:
        """Show a newer state of a row that is there; return whether it was."""
        place = self._position.get(self._key(row))
        if place is None:
            return False
        self._pages[place // PAGE][place % PAGE] = row
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.columns) - 1))
        return True

    def _set_total(self, total: int) -> None:
        if total > self._total:
            self.beginInsertRows(QModelIndex(), self._total, total - 1)
            self._total = total
            self.endInsertRows()
        elif total < self._total:
            self.beginRemoveRows(QModelIndex(), total, self._total - 1)
            self._total = total
            self._pages = {number: page[: total - number * PAGE] for number, page in self._pages.items()}
            self._pages = {number: page for number, page in self._pages.items() if page}
            self._position = _positions(self._pages, self._key)
            self.endRemoveRows()

    def _show(self, pages: Mapping[int, list[R]]) -> None:
        positions = _positions(pages, self._key)
        if positions == self._position:
            self._pages = dict(pages)
        else:
            self.layoutAboutToBeChanged.emit()
            held = self.persistentIndexList()
            keys = [None if (row := self.row_at(index.row())) is None else self._key(row) for index in held]
            self._pages, self._position = dict(pages), positions
            self.changePersistentIndexList(
                held, [self._followed(index, key) for index, key in zip(held, keys, strict=True)]
            )
            self.layoutChanged.emit()
        if self._total:
            self.dataChanged.emit(self.index(0, 0), self.index(self._total - 1, len(self.columns) - 1))

    def _followed(self, index: Index, key: Hashable | None) -> QModelIndex:
        """Return where what was at `index` is now; a row that was not loaded stands for its place."""
        place = index.row() if key is None else self._position.get(key, -1)
        return self.index(place, index.column()) if place >= 0 else QModelIndex()


def _positions(pages: Mapping[int, list[R]], key: Callable[[R], Hashable]) -> dict[Hashable, int]:
    return {key(row): number * PAGE + within for number, page in pages.items() for within, row in enumerate(page)}
