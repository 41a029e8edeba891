"""The table's head, its keys, and rows that are no longer true."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from console.theme.current import Theme
from console.theme.glyphs import Glyph
from console.widgets.data_table import DataTable
from console.widgets.row_action import RowAction
from console.widgets.sort_header import SortHeader
from console.widgets.table_model import Column, RowsModel

Row = tuple[int, str]
NAME, COMMAND, NUMBER = range(3)


def a_table(qapp: QApplication, count: int = 200, **options: object) -> DataTable:
    columns = [
        Column[Row]("Name", lambda row: row[1], sort="name", stretches=True, glyph=lambda _row: Glyph.ARC),
        Column[Row]("Command", lambda row: row[1], widest="a long command", grows=True),
        Column[Row]("Duration", lambda row: str(row[0]), widest="9", sort="took", is_number=True),
    ]
    model: RowsModel[Row] = RowsModel(columns, key=lambda row: row[0], is_past=lambda row: row[0] % 2 == 1)
    table = DataTable(model, Theme(qapp, "light"))
    table.resize(600, 300)
    model.set_rows([(place, f"row {place}") for place in range(count)])
    table.show()
    return table


def head_of(table: DataTable) -> SortHeader:
    header = table.horizontalHeader()
    assert isinstance(header, SortHeader)
    return header


def click_head(table: DataTable, column: int) -> None:
    header = head_of(table)
    middle = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(middle, header.height() // 2))


def test_a_head_sorts_or_does_not_react(qapp: QApplication) -> None:
    table = a_table(qapp)
    table.sort_wanted.connect(table.show_sort)
    wanted = QSignalSpy(table.sort_wanted)
    for column in (NAME, COMMAND, NUMBER, NUMBER):
        click_head(table, column)
    assert [wanted.at(place)[0] for place in range(wanted.count())] == ["name", "took", "-took"]
    assert not head_of(table).isSortIndicatorShown()
    table.show_sort("name")
    click_head(table, COMMAND)
    assert [head_of(table).mark_of(column) is not None for column in range(3)] == [True, False, False]


def test_the_mark_points_up_where_values_rise_and_covers_no_title(qapp: QApplication) -> None:
    table = a_table(qapp)
    header = head_of(table)
    for sort, points_up in (("took", True), ("-took", False), ("name", True)):
        table.show_sort(sort)
        column = NUMBER if "took" in sort else NAME
        mark = header.mark_of(column)
        assert mark is not None
        base, tip = mark.at(0).y(), mark.at(2).y()
        assert (tip < base) is points_up
        words = header.fontMetrics().horizontalAdvance(table.rows_model.columns[column].title)
        left = header.sectionViewportPosition(column)
        right = left + header.sectionSize(column)
        box = mark.boundingRect()
        if column == NUMBER:
            assert left <= box.left()
            assert box.right() <= right - words
        else:
            assert left + words <= box.left()
            assert box.right() <= right


def test_home_and_end_go_to_the_ends_of_the_list(qapp: QApplication) -> None:
    table = a_table(qapp)
    QTest.keyClick(table, Qt.Key.Key_End)
    assert (table.selected_places(), table.currentIndex().row()) == ([199], 199)
    assert table.rowAt(table.viewport().height() - 2) == 199
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert (table.selected_places(), table.rowAt(0)) == ([0], 0)
    table.selectRow(150)
    QTest.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert table.selected_places() == list(range(150, 200))


def test_what_is_no_longer_true_is_dimmed_and_still(qapp: QApplication) -> None:
    table = a_table(qapp, count=2)
    qapp.processEvents()
    assert table.is_turning
    table.rows_model.set_rows([(1, "left")])  # type: ignore[attr-defined]
    assert not table.is_turning
    past = table.grab()
    table.rows_model.set_rows([(2, "left")])
    assert table.is_turning
    assert table.grab().toImage() != past.toImage()
    table.set_stale(True)
    assert not table.is_turning


def test_no_column_is_cut_at_the_edge_of_a_narrow_table(qapp: QApplication) -> None:
    columns = [Column[Row]("Name", lambda row: row[1], stretches=True)]
    columns += [Column[Row](f"Text {place}", lambda row: row[1], widest="w" * 24, grows=True) for place in range(4)]
    model: RowsModel[Row] = RowsModel(columns, key=lambda row: row[0])
    table = DataTable(model, Theme(qapp, "light"))
    model.set_rows([(1, "one")])
    for width in (1200, 620, 480):
        table.resize(width, 200)
        table.show()
        qapp.processEvents()
        assert table.horizontalHeader().length() <= table.viewport().width()


def test_an_action_that_is_on_has_a_check_mark(qapp: QApplication) -> None:
    marked: set[int] = {3}
    action = RowAction[Row](
        id="notify",
        text=lambda: "Notify me",
        do=lambda rows: None,
        icon_name="alerts",
        is_on=lambda row: row[0] in marked,
    )
    model: RowsModel[Row] = RowsModel([Column("Name", lambda row: row[1])], key=lambda row: row[0])
    table = DataTable(model, Theme(qapp, "light"), [action])
    model.set_rows([(3, "three"), (4, "four")])
    for place, is_on in ((0, True), (1, False)):
        table.selectRow(place)
        menu = table.menu()
        [entry] = menu.actions()
        assert (entry.isCheckable(), entry.isChecked()) == (True, is_on)


def test_a_row_that_has_just_come_is_scrolled_to(qapp: QApplication) -> None:
    table = a_table(qapp, count=2)
    qapp.processEvents()
    table.rows_model.set_rows([(place, f"row {place}") for place in range(200)])  # type: ignore[attr-defined]
    last = table.rows_model.index(150, 0)
    assert not table.is_in_view(last)
    table.scrollTo(last)
    assert table.is_in_view(last)
