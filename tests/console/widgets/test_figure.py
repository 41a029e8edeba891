"""The figures of the overview."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from console.theme.current import Theme
from console.widgets.figure import Figure


def test_the_captions_of_a_row_of_figures_stay_in_line_whatever_the_values(qapp: QApplication) -> None:
    row = QWidget()
    layout = QHBoxLayout(row)
    figures = [
        Figure(Theme(qapp), "Waiting", opens="the queue"),
        Figure(Theme(qapp), "启动延迟 p99", opens="the queue"),
    ]
    for figure in figures:
        layout.addWidget(figure)
    figures[0].show_value("8")
    figures[1].show_value("22.4\n秒")
    row.resize(600, 160)
    row.show()
    qapp.processEvents()
    tops = {figure.caption.mapTo(row, figure.caption.rect().topLeft()).y() for figure in figures}
    assert len(tops) == 1
    row.deleteLater()


def test_a_figure_is_followed_by_a_click_and_by_keys(qapp: QApplication) -> None:
    figure = Figure(Theme(qapp), "Waiting", opens="Show the queue")
    figure.resize(200, 80)
    figure.show()
    followed: list[bool] = []
    figure.clicked.connect(lambda: followed.append(True))
    QTest.mouseClick(figure, Qt.MouseButton.LeftButton)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        QTest.keyClick(figure, key)
    assert len(followed) == 3
    QTest.mouseClick(figure, Qt.MouseButton.RightButton)
    QTest.keyClick(figure, Qt.Key.Key_A)
    QTest.mousePress(figure, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(figure, Qt.MouseButton.LeftButton, pos=figure.rect().bottomRight() * 2)
    assert len(followed) == 3
    figure.deleteLater()


def test_a_missed_target_has_a_shape_and_is_read_aloud(qapp: QApplication) -> None:
    figure = Figure(Theme(qapp), "Start latency p99", opens="Show the queue")
    figure.show_value("12 ms", "target 30 ms")
    assert figure.warning.isHidden()
    figure.show_value("14.1 s", "target 30 ms", tone="warning")
    assert not figure.warning.isHidden()
    assert figure.accessibleName() == "Start latency p99: 14.1 s target 30 ms"
    figure.deleteLater()


@pytest.mark.parametrize("tone", ["", "good", "bad", "warning"])
def test_a_figure_that_is_out_of_date_is_dimmed_and_stays_where_it_is(qapp: QApplication, tone: str) -> None:
    figure = Figure(Theme(qapp, "light"), "Waiting", opens="Show the queue")
    figure.show_value("8", "oldest 3 s", tone=tone)
    figure.resize(200, 80)
    figure.show()
    qapp.processEvents()
    fresh, sizes = figure.grab().toImage(), figure.sizeHint()
    figure.set_stale(True)
    assert (figure.is_stale, figure.sizeHint()) == (True, sizes)
    assert figure.grab().toImage() != fresh
    figure.show_value("8", "oldest 3 s", tone=tone)
    assert figure.grab().toImage() != fresh
    figure.set_stale(False)
    assert figure.grab().toImage() == fresh
