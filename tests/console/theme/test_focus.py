"""Every control shows that it has the keyboard, in both themes."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTabWidget,
    QToolButton,
    QTreeWidget,
    QVBoxLayout,
    QWidget,
)

from console.theme.current import Theme
from console.theme.palette import ThemeName
from console.widgets.boxes import ComboBox, DateTimeEdit, SpinBox, TimeEdit

LEAST_PIXELS = 12


def made(kind: type[QWidget], name: str) -> QWidget:
    widget = kind()
    widget.setObjectName(name)
    if isinstance(widget, QPushButton | QToolButton | QCheckBox):
        widget.setText("Run")
    if isinstance(widget, QTabWidget):
        for words in ("one", "two"):
            widget.addTab(QWidget(), words)
    return widget


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (QPushButton, ""),
        (QPushButton, "primary"),
        (QPushButton, "danger"),
        (QPushButton, "link"),
        (QPushButton, "nav"),
        (QPushButton, "connection"),
        (QPushButton, "range"),
        (QPushButton, "search"),
        (QToolButton, ""),
        (QToolButton, "rowAction"),
        (QToolButton, "logTool"),
        (QCheckBox, ""),
        (QLineEdit, ""),
        (QPlainTextEdit, ""),
        (ComboBox, ""),
        (SpinBox, ""),
        (TimeEdit, ""),
        (DateTimeEdit, ""),
        (QTableWidget, ""),
        (QTreeWidget, ""),
        (QListWidget, ""),
        (QTabWidget, ""),
    ],
)
def test_a_control_with_the_focus_looks_different(
    qapp: QApplication, kind: type[QWidget], name: str, theme: ThemeName
) -> None:
    keeper = Theme(qapp, theme)
    page = QWidget()
    page.setObjectName("content")
    column = QVBoxLayout(page)
    other, widget = QLineEdit(), made(kind, name)
    column.addWidget(other)
    column.addWidget(widget)
    page.resize(QSize(240, 200))
    page.show()
    page.activateWindow()
    focused = widget.tabBar() if isinstance(widget, QTabWidget) else widget
    other.setFocus()
    qapp.processEvents()
    before = widget.grab().toImage()
    size = widget.sizeHint()
    focused.setFocus()
    qapp.processEvents()
    after = widget.grab().toImage()
    differing = sum(
        before.pixel(x, y) != after.pixel(x, y) for x in range(before.width()) for y in range(before.height())
    )
    assert differing >= LEAST_PIXELS
    assert widget.sizeHint() == size, "nothing moves when the focus comes"
    assert keeper.chosen == theme
    page.deleteLater()
