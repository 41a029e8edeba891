"""From the rows that are loaded to all there are."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.theme.current import Theme
from console.widgets.data_table import DataTable
from console.widgets.selection_line import SelectionLine
from console.widgets.table_model import Column, RowsModel

Row = tuple[int, str]


@pytest.mark.usefixtures("in_english")
def test_all_rows_can_be_selected_and_stay_so_while_rows_come_and_go(qapp: QApplication) -> None:
    model: RowsModel[Row] = RowsModel([Column("Name", lambda row: row[1], stretches=True)], key=lambda row: row[0])
    theme = Theme(qapp, "light")
    table = DataTable(model, theme)
    line = SelectionLine(theme, table)
    table.show()
    line.show()
    model.set_rows([(place, str(place)) for place in range(200)])
    line.show_total(1041)
    assert (line.words.text(), line.link.isHidden()) == ("", True)

    table.selectAll()
    assert (line.words.text(), line.link.text()) == ("200 selected", "Select all 1,041")
    QTest.mouseClick(line.link, Qt.MouseButton.LeftButton)
    assert (line.is_whole, line.words.text()) == (True, "All 1,041 selected")
    model.set_rows([(place, str(place)) for place in range(20, 220)])
    assert (line.is_whole, len(table.selected())) == (True, 200)

    QTest.keyClick(table, Qt.Key.Key_Home)
    assert (line.is_whole, len(table.selected()), line.link.isHidden()) == (False, 1, True)


def test_a_list_that_is_loaded_offers_no_more(qapp: QApplication) -> None:
    model: RowsModel[Row] = RowsModel([Column("Name", lambda row: row[1], stretches=True)], key=lambda row: row[0])
    theme = Theme(qapp, "light")
    table = DataTable(model, theme)
    line = SelectionLine(theme, table)
    model.set_rows([(place, str(place)) for place in range(3)])
    line.show_total(3)
    table.selectAll()
    assert (line.words.text(), line.link.isHidden()) == ("3 selected", True)
