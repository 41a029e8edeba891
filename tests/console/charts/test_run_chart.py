"""The chart of the last runs, by mouse and keyboard."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.charts.run_chart import SLOTS, RunChart, RunMark
from console.charts.usual_band import UsualBand
from console.theme.current import Theme
from console.theme.glyphs import Glyph


def marks(*run_ids: int) -> list[RunMark]:
    return [RunMark(run_id, Glyph.TICK, 100.0 * run_id, f"words of {run_id}") for run_id in run_ids]


@pytest.fixture
def chart(qapp: QApplication) -> RunChart:
    made = RunChart(Theme(qapp))
    made.resize(800, made.height())
    made.show_marks(marks(1, 2, 3), UsualBand(100, 200, 300, 9))
    made.show()
    return made


def test_the_arrows_choose_a_run_and_enter_opens_it(chart: RunChart) -> None:
    opened: list[int] = []
    chart.opened.connect(opened.append)
    chart.setFocus()
    assert chart.marked is not None
    assert chart.marked.run_id == 3, "the newest is chosen first"
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Return):
        QTest.keyClick(chart, key)
    QTest.keyClick(chart, Qt.Key.Key_End)
    assert chart.accessibleDescription() == "words of 3"
    QTest.keyClick(chart, Qt.Key.Key_Space)
    assert opened == [1, 3]


def test_a_click_opens_the_run_below_the_pointer(chart: RunChart) -> None:
    opened: list[int] = []
    chart.opened.connect(opened.append)
    at = chart.centre_of(2).toPoint()
    QTest.mouseMove(chart, at)
    assert chart.marked is not None
    assert chart.marked.words == "words of 2"
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert opened == [2], "there is no run in a slot before the oldest"


def test_a_new_run_leaves_the_keyboard_where_it_was(chart: RunChart) -> None:
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Left)
    chart.show_marks(marks(1, 2, 3, 4), None)
    assert chart.marked is not None
    assert chart.marked.run_id == 2
    chart.show_marks(marks(*range(3, SLOTS + 10)), None)
    assert chart.marked is None, "the run is no longer among those that are shown"
    with pytest.raises(KeyError):
        chart.centre_of(3)
