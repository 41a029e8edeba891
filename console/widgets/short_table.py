"""A table of a few rows that is as high as they are, so that the page scrolls and not the table."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from console.theme.current import Theme
from console.widgets.data_table import DataTable
from console.widgets.row_action import RowAction
from console.widgets.table_model import TableModel

_BORDER = 2


class ShortTable(DataTable):
    """Shows all its rows without a scroll bar of its own."""

    def __init__(
        self,
        model: TableModel[Any],
        theme: Theme,
        actions: Sequence[RowAction[Any]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, theme, actions, parent)
        self.stretch_minimum = 120
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            changed.connect(self._fit_rows)
        theme.changed.connect(self._fit_rows)
        self._fit_rows()

    def _fit_rows(self) -> None:
        header = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(header + self.rows_model.rowCount() * self._theme.row_height + _BORDER)
