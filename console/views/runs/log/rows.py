"""The rows of a wrapped log, each a part of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.views.runs.log.document import LogDocument

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Rows:
    """Lines as rows: one each, or as many as a width of cells asks for."""

    def __init__(self, document: LogDocument) -> None:
        self._document = document
        self._width: int | None = None
        self._ends: NDArray[Any] | None = None

    @property
    def width(self) -> int | None:
        """The cells of a row; None where lines are not wrapped."""
        return self._width

    def wrap_at(self, width: int | None) -> None:
        """Wrap at a number of cells, or not at all."""
        if width != self._width:
            self._width, self._ends = width, None

    def grown(self) -> None:
        """Count again after new output."""
        self._ends = None

    def __len__(self) -> int:
        if self._width is None:
            return len(self._document)
        ends = self._counted_ends()
        return int(ends[-1]) if len(ends) else 0

    def place(self, row: int) -> tuple[int, int]:
        """Return the line that a row shows, and the cell at which it begins."""
        if self._width is None:
            return row, 0
        ends = self._counted_ends()
        line = int(ends.searchsorted(row, side="right"))
        before = int(ends[line - 1]) if line else 0
        return line, (row - before) * self._width

    def row_of(self, line: int, cell: int = 0) -> int:
        """Return the row that shows a cell of a line."""
        if self._width is None:
            return line
        ends = self._counted_ends()
        before = int(ends[line - 1]) if line else 0
        return min(before + cell // self._width, int(ends[line]) - 1)

    def _counted_ends(self) -> NDArray[Any]:
        if self._ends is None:
            import numpy

            cells = numpy.array(self._document.cells, dtype=numpy.int64)
            rows = numpy.maximum(-(-cells // (self._width or 1)), 1)
            self._ends = rows.cumsum()
        return self._ends
