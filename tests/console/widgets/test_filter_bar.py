"""The row above a table: when what is typed counts."""

import asyncio

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from console.event_loop import event_loop
from console.theme.current import Theme
from console.widgets.filter_bar import FilterBar
from tests.console.conftest import activate, until


def test_what_is_typed_counts_from_the_question_on(qapp: QApplication) -> None:
    async def scenario() -> None:
        bar = FilterBar(Theme(qapp, "light"), "Search")
        asked = QSignalSpy(bar.changed)
        QTest.keyClicks(bar.line, "night")
        assert (bar.text, asked.count()) == ("", 0), "a list that is loaded now answers the former question"
        await until(lambda: asked.count() > 0, bar.changed)
        assert (bar.text, asked.count()) == ("night", 1)

    with event_loop(qapp) as loop:
        loop.run_until_complete(asyncio.wait_for(scenario(), 30))


def test_what_is_set_is_asked_once_and_at_once(qapp: QApplication) -> None:
    bar = FilterBar(Theme(qapp, "light"), "Search")
    box = bar.add_choice([("All", None), ("Some", 1)], "Kind")
    asked = QSignalSpy(bar.changed)
    QTest.keyClicks(bar.line, "typed")
    bar.set_text("one")
    assert (bar.text, asked.count()) == ("one", 1)
    bar.set_text("one")
    assert asked.count() == 1
    bar.restore({"text": "two", "choices": [1]})
    assert (bar.text, box.currentData(), asked.count()) == ("two", 1, 2)
    QTest.keyClicks(bar.line, "s")
    box.setCurrentIndex(0)
    assert (bar.text, asked.count()) == ("twos", 3)
    bar.clear()
    assert (bar.text, asked.count()) == ("", 3)
    QTest.qWait(50)
    assert asked.count() == 3, "no question follows later"


def test_esc_empties_the_line_and_then_is_left_to_the_window(qapp: QApplication) -> None:
    async def scenario() -> None:
        bar = FilterBar(Theme(qapp, "light"), "Search")
        closed = QShortcut(QKeySequence("Esc"), bar)
        of_view = QSignalSpy(closed.activated)
        bar.show()
        await activate(bar)
        bar.line.setFocus()
        bar.set_text("night")
        QTest.keyClick(bar.line, Qt.Key.Key_Escape)
        await until(lambda: not bar.text, bar.changed)
        assert of_view.count() == 0
        QTest.keyClick(bar.line, Qt.Key.Key_Escape)
        assert of_view.count() == 1
        closed.setEnabled(False)
        pressed = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        pressed.setAccepted(True)
        bar.line.keyPressEvent(pressed)
        assert not pressed.isAccepted()

    with event_loop(qapp) as loop:
        loop.run_until_complete(asyncio.wait_for(scenario(), 30))
