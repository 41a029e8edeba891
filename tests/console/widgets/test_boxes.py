"""A person who scrolls a form changes nothing in it."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QDateTime, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

import console
from console.widgets import boxes

QT_BOXES = {"QComboBox", "QSpinBox", "QDoubleSpinBox", "QTimeEdit", "QDateEdit", "QDateTimeEdit"}


def wheel_down(widget: QWidget) -> bool:
    """Return whether the widget took the event; Qt gives it to the page otherwise."""
    middle = QPointF(widget.rect().center())
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        none,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


@pytest.mark.parametrize("kind", [boxes.ComboBox, boxes.SpinBox, boxes.TimeEdit, boxes.DateTimeEdit])
def test_the_wheel_is_left_to_the_page_unless_the_box_has_the_focus(qapp: QApplication, kind: type[QWidget]) -> None:
    page = QWidget()
    column = QVBoxLayout(page)
    first, box = boxes.ComboBox(), kind()
    if isinstance(box, boxes.ComboBox):
        box.addItems(["one", "two", "three"])
    elif isinstance(box, boxes.SpinBox):
        box.setValue(50)
    elif isinstance(box, boxes.TimeEdit | boxes.DateTimeEdit):
        box.setDateTime(QDateTime(2026, 1, 2, 3, 4, 5))
    for widget in (first, box):
        column.addWidget(widget)
    page.show()
    page.activateWindow()
    first.setFocus()
    qapp.processEvents()

    def shown() -> str:
        return box.currentText() if isinstance(box, boxes.ComboBox) else box.text()  # type: ignore[attr-defined]

    before = shown()
    assert not wheel_down(box)
    assert (shown(), box.hasFocus()) == (before, False)
    box.setFocus()
    assert wheel_down(box)
    assert shown() != before
    page.deleteLater()


def test_every_box_of_the_console_is_one_of_these() -> None:
    for path in Path(str(console.__file__)).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in QT_BOXES, f"{path}:{node.lineno}"
