"""The tint and the buttons of the row under the pointer, as the window system moves it."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QStackedWidget, QWidget

from console.theme.current import Theme
from console.widgets.data_table import DataTable
from console.widgets.hover_bar import HoverBar
from console.widgets.row_action import RowAction
from console.widgets.table_model import Column, RowsModel

Row = tuple[int, str]
_FAR = QPoint(-100, -100)


def shown(qapp: QApplication) -> tuple[QStackedWidget, DataTable]:
    """Return a table and another view in one window."""
    columns = [
        Column[Row]("Name", lambda row: row[1], stretches=True),
        Column[Row]("Kind", lambda row: "kind", widest="kind"),
        Column[Row]("Number", lambda row: str(row[0]), widest="999", is_number=True),
    ]
    model: RowsModel[Row] = RowsModel(columns, key=lambda row: row[0])
    action = RowAction[Row](id="run", text=lambda: "Run", do=lambda rows: None, icon_name="play")
    table = DataTable(model, Theme(qapp, "light"), [action])
    model.set_rows([(place, f"row {place}") for place in range(200)])
    views = QStackedWidget()
    views.addWidget(table)
    views.addWidget(QWidget())
    views.setGeometry(100, 100, 600, 400)
    QCursor.setPos(_FAR)
    for other in QApplication.topLevelWidgets():
        other.hide()  # what another test has left open may lie above
    views.show()
    qapp.processEvents()
    return views, table


def point_at_row(qapp: QApplication, table: DataTable, row: int) -> None:
    QCursor.setPos(table.viewport().mapToGlobal(QPoint(40, table.rowViewportPosition(row) + table.rowHeight(row) // 2)))
    qapp.processEvents()


def tinted(qapp: QApplication, table: DataTable) -> list[int]:
    """Return the rows in view that have another ground; a row of which a cell has it alone fails."""
    qapp.processEvents()
    picture = table.viewport().grab().toImage()
    found = []
    panel = QColor(Theme(qapp, "light").palette.panel)
    for row in range(max(table.rowAt(0), 0), table.rowAt(table.viewport().height() - table.rowHeight(0)) + 1):
        y = table.rowViewportPosition(row) + 2
        lefts = [table.columnViewportPosition(column) + 3 for column in range(3)]
        rights = [left + table.columnWidth(column) - 6 for column, left in enumerate(lefts)]
        grounds = {picture.pixelColor(x, max(y, 0)) == panel for x in (*lefts, *rights)}
        assert len(grounds) == 1, f"row {row} is tinted in a part"
        if grounds == {False}:
            found.append(row)
    return found


def bar_at(table: DataTable) -> int | None:
    """Return the row that the buttons are on."""
    [bar] = table.viewport().findChildren(HoverBar)
    return table.rowAt(bar.geometry().center().y()) if bar.isVisible() else None


def test_the_whole_row_under_the_pointer_is_tinted(qapp: QApplication) -> None:
    views, table = shown(qapp)
    assert (tinted(qapp, table), bar_at(table)) == ([], None)
    for row in (3, 4):
        point_at_row(qapp, table, row)
        assert (tinted(qapp, table), bar_at(table)) == ([row], row)
    QCursor.setPos(_FAR)
    assert (tinted(qapp, table), bar_at(table)) == ([], None)
    views.close()


def test_rows_that_scroll_away_below_the_pointer_lose_the_tint(qapp: QApplication) -> None:
    views, table = shown(qapp)
    point_at_row(qapp, table, 5)
    at = table.viewport().mapFromGlobal(QCursor.pos())
    wheel = QWheelEvent(
        QPointF(at),
        QPointF(QCursor.pos()),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(table.viewport(), wheel)
    qapp.processEvents()
    under = table.rowAt(at.y())
    assert under > 5
    assert (tinted(qapp, table), bar_at(table)) == ([under], under)
    QTest.keyClick(table, Qt.Key.Key_End)
    qapp.processEvents()
    under = table.rowAt(at.y())
    assert bar_at(table) == under
    assert set(tinted(qapp, table)) == {under, 199}  # the row that is selected has it too
    views.close()


def test_a_view_that_is_shown_again_tints_what_the_pointer_is_over_now(qapp: QApplication) -> None:
    views, table = shown(qapp)
    for moves_to, expected in ((6, [6]), (None, [])):
        point_at_row(qapp, table, 2)
        assert tinted(qapp, table) == [2]
        views.setCurrentIndex(1)
        qapp.processEvents()
        if moves_to is None:
            QCursor.setPos(_FAR)
        else:
            point_at_row(qapp, table, moves_to)
        views.setCurrentIndex(0)
        assert tinted(qapp, table) == expected
        assert bar_at(table) == moves_to
    views.close()


def test_a_dialog_that_closes_leaves_no_tint_where_the_pointer_was(qapp: QApplication) -> None:
    views, table = shown(qapp)
    point_at_row(qapp, table, 2)
    dialog = QDialog(views)
    dialog.setGeometry(150, 150, 200, 100)
    dialog.setModal(True)
    dialog.open()
    assert (tinted(qapp, table), bar_at(table)) == ([], None)
    QCursor.setPos(_FAR)
    qapp.processEvents()
    dialog.close()
    assert (tinted(qapp, table), bar_at(table)) == ([], None)
    views.close()


def test_a_menu_that_closes_leaves_no_buttons_where_the_pointer_was(qapp: QApplication) -> None:
    views, table = shown(qapp)
    table.selectRow(0)
    point_at_row(qapp, table, 0)
    table.customContextMenuRequested.emit(QPoint(40, 10))
    qapp.processEvents()
    menu = QApplication.activePopupWidget()
    assert menu is not None
    QCursor.setPos(_FAR)
    qapp.processEvents()
    menu.close()
    qapp.processEvents()
    assert bar_at(table) is None
    views.close()


def test_the_buttons_stay_at_the_end_of_a_row_that_gets_narrower(qapp: QApplication) -> None:
    views, table = shown(qapp)
    point_at_row(qapp, table, 3)
    views.resize(420, 400)
    qapp.processEvents()
    [bar] = table.viewport().findChildren(HoverBar)
    assert bar.geometry().right() + 1 == table.viewport().width()
    views.close()
