"""What a view looks like just now, so that it can be made so again: filters, splitters, pages, selection."""

from typing import Any

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QComboBox, QLineEdit, QSplitter, QTabWidget, QWidget

from console.widgets.data_table import DataTable
from console.widgets.filter_bar import FilterBar


def state_of(view: QWidget) -> dict[str, Any]:
    """Return the state of all that a view is made of, as JSON can hold it."""
    return {
        "filters": [
            {
                "texts": [line.text() for line in _lines(bar)],
                "choices": [box.currentText() for box in _boxes(bar)],
            }
            for bar in view.findChildren(FilterBar)
        ],
        "splitters": [bytes(one.saveState().data()).hex() for one in view.findChildren(QSplitter)],
        "pages": [one.currentIndex() for one in view.findChildren(QTabWidget)],
        "selected": [_selected(table) for table in view.findChildren(DataTable)],
    }


def bring_back(view: QWidget, state: dict[str, Any]) -> None:
    """Make a view as `state` says; what no longer fits is left as it is."""
    for bar, kept in zip(view.findChildren(FilterBar), state.get("filters", []), strict=False):
        for line, text in zip(_lines(bar), kept.get("texts", []), strict=False):
            line.setText(str(text))
        for box, words in zip(_boxes(bar), kept.get("choices", []), strict=False):
            place = box.findText(str(words))
            if place >= 0:
                box.setCurrentIndex(place)
    for splitter, held in zip(view.findChildren(QSplitter), state.get("splitters", []), strict=False):
        splitter.restoreState(QByteArray.fromHex(str(held).encode()))
    for pages, place in zip(view.findChildren(QTabWidget), state.get("pages", []), strict=False):
        if isinstance(place, int) and 0 <= place < pages.count():
            pages.setCurrentIndex(place)
    for table, keys in zip(view.findChildren(DataTable), state.get("selected", []), strict=False):
        if keys:
            _select_when_loaded(table, keys)


def _lines(bar: FilterBar) -> list[QLineEdit]:
    return [line for line in bar.findChildren(QLineEdit) if not isinstance(line.parent(), QComboBox)]


def _boxes(bar: FilterBar) -> list[QComboBox]:
    return bar.findChildren(QComboBox)


def _selected(table: DataTable) -> list[int | str]:
    keys = [getattr(row, "id", None) for row in table.selected()]
    return [key for key in keys if isinstance(key, int | str)]


def _select_when_loaded(table: DataTable, keys: list[int | str]) -> None:
    """Select the rows once they have come; a person's own choice before that stands."""
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
