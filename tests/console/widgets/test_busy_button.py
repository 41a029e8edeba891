"""What a person pressed keeps the focus while it works."""

import ast
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget

import console
from console.widgets.busy_button import BusyButton


def test_a_busy_button_keeps_the_focus_and_does_nothing(qapp: QApplication) -> None:
    page = QWidget()
    row = QHBoxLayout(page)
    button, discard = BusyButton("Test run"), QPushButton("Discard")
    for one in (button, discard):
        row.addWidget(one)
    pressed, lost = QSignalSpy(button.clicked), QSignalSpy(discard.clicked)
    page.show()
    page.activateWindow()
    button.setFocus()
    button.set_busy(True)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
        QTest.keyClick(button, key)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (page.focusWidget(), pressed.count(), lost.count()) == (button, 0, 0)
    button.set_busy(False)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert pressed.count() == 1
    button.set_busy(True)
    QTest.keyClick(button, Qt.Key.Key_Tab)
    assert page.focusWidget() is discard


def test_no_form_disables_the_button_that_was_pressed() -> None:
    """A method that begins background work disables no button: Qt would give its focus to the next."""
    found = []
    for path in Path(console.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            calls = [ast.unparse(one) for one in ast.walk(node) if isinstance(one, ast.Call)]
            starts = any("background.start(" in call for call in calls)
            disables = [call for call in calls if call.endswith(".setEnabled(False)")]
            moves_focus = any(call.endswith(".setFocus()") for call in calls)
            if starts and disables and not moves_focus and node.name != "__init__":
                found.append((path.name, node.name))
    assert found == []
