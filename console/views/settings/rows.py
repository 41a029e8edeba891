"""The rows that settings are made of: what it is, what it means, and the control at the right."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from console.widgets.surfaces import Card, label

CONTROL_WIDTH = 220


class SettingsCard(Card):
    """A card whose rows have their controls below each other."""

    def add_row(self, title: str, meaning: str, *controls: QWidget) -> QWidget:
        """Add a row and return what holds its meaning, so that it can be said anew."""
        row = QHBoxLayout()
        row.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(title))
        said = label(meaning, "secondary")
        said.setWordWrap(True)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        said.setVisible(bool(meaning))
        words.addWidget(said)
        row.addLayout(words, 1)
        for control in controls:
            control.setAccessibleName(control.accessibleName() or title)
            row.addWidget(control, alignment=Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(row)
        self.body.addSpacing(4)
        return said


def choice(choices: Sequence[tuple[str, str]], current: str, take: Callable[[str], None]) -> QComboBox:
    """Return a box of words and the values that they stand for."""
    box = QComboBox()
    for words, value in choices:
        box.addItem(words, value)
    box.setCurrentIndex(max(0, box.findData(current)))
    box.setFixedWidth(CONTROL_WIDTH)
    box.activated.connect(lambda _place: take(str(box.currentData())))
    return box
