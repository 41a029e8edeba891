from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from console.theme.current import Theme
from console.widgets.data_table import DataTable
from console.widgets.table_model import Column, RowsModel

Row = tuple[int, str]
ROWS = st.lists(st.tuples(st.integers(0, 20), st.text("ab", max_size=2)), unique_by=lambda row: row[0], max_size=20)


def a_model() -> RowsModel[Row]:
    return RowsModel(
        [Column("Name", lambda row: row[1], stretches=True), Column("Id", lambda row: str(row[0]), is_number=True)],
        key=lambda row: row[0],
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=6))
def test_every_change_is_told_to_qt_as_it_is(qapp: QApplication, states: list[list[Row]]) -> None:
    model = a_model()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for rows in states:
        followed = {row[0]: QPersistentModelIndex(model.index(place, 0)) for place, row in enumerate(model.rows)}
        model.set_rows(rows)
        assert model.rows == rows
        kept = {row[0]: place for place, row in enumerate(rows)}
        for key, index in followed.items():
            assert index.isValid() == (key in kept)
            assert not index.isValid() or index.row() == kept[key]
    assert tester.model() is model


def test_a_selection_stays_on_its_row_and_is_copied_as_text(qapp: QApplication) -> None:
    model = a_model()
    table = DataTable(model, Theme(qapp, "light"))
    model.set_rows([(1, "one"), (2, "two"), (3, "three")])
    table.selectRow(1)
    model.set_rows([(4, "four"), (3, "three"), (2, "two"), (1, "one")])
    assert table.selected() == [(2, "two")]
    table.copy_rows()
    assert QApplication.clipboard().text() == "two\t2"


def test_a_row_that_is_selected_stays_so_while_ctrl_is_held(qapp: QApplication) -> None:
    model = a_model()
    table = DataTable(model, Theme(qapp, "light"))
    model.set_rows([(1, "one"), (2, "two")])
    QTest.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)  # Qt now takes Ctrl for held
    table.selectRow(1)
    table.selectRow(1)
    assert table.selected() == [(2, "two")]


def test_a_narrow_table_drops_columns_before_it_cuts_the_name(qapp: QApplication) -> None:
    model: RowsModel[Row] = RowsModel(
        [
            Column("Name", lambda row: row[1], stretches=True),
            Column("Kept", lambda row: str(row[0]), widest="0000000000"),
            Column("Goes", lambda row: str(row[0]), widest="0" * 40, goes_at=1),
        ],
        key=lambda row: row[0],
    )
    table = DataTable(model, Theme(qapp, "light"))
    table.resize(900, 200)
    table.show()
    assert not table.isColumnHidden(2)
    table.resize(300, 200)
    assert table.isColumnHidden(2)
    assert not table.isColumnHidden(1)
