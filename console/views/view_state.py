"""The state of a view that outlives it: filters, pages, selection."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QTabWidget

from console.widgets.data_table import DataTable
from console.widgets.filter_bar import FilterBar


def state_of(filters: Sequence[FilterBar], pages: Sequence[QTabWidget]) -> dict[str, Any]:
    """Return the state as JSON can hold it."""
    return {"filters": [bar.state() for bar in filters], "pages": [one.currentIndex() for one in pages]}


def restore(state: Mapping[str, Any], filters: Sequence[FilterBar], pages: Sequence[QTabWidget]) -> None:
    """Bring filters and pages into a state; parts that no longer fit stay as they are."""
    for bar, kept in zip(filters, state.get("filters", ()), strict=False):
        if isinstance(kept, dict):
            bar.restore(kept)
    for one, place in zip(pages, state.get("pages", ()), strict=False):
        if isinstance(place, int) and 0 <= place < one.count():
            one.setCurrentIndex(place)


def selected_keys(table: DataTable) -> list[int | str]:
    """Return the ids of the selected rows."""
    keys = [getattr(row, "id", None) for row in table.selected()]
    return [key for key in keys if isinstance(key, int | str)]


def select_when_loaded(table: DataTable, keys: Sequence[int | str]) -> None:
    """Select the rows with these ids once they are loaded, unless the person has selected others by then."""
    if not keys:
        return
    model = table.rows_model

    def select() -> None:
        places = [place for place in map(model.row_of, keys) if place is not None]
        if not places:
            return
        model.rowsInserted.disconnect(select)
        model.modelReset.disconnect(select)
        if not table.selected():
            for place in places:
                table.selectRow(place)

    model.rowsInserted.connect(select)
    model.modelReset.connect(select)
