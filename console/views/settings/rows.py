"""The rows of the settings: name, explanation and control."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from console.widgets.boxes import ComboBox
from console.widgets.surfaces import Card, label

CONTROL_WIDTH = 220


class SettingsCard(Card):
    """A card with its controls in a column at the right."""

    def add_row(self, title: str, meaning: str, *controls: QWidget) -> QWidget:
        """Add a row and return the label of its explanation, which may change."""
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
    """Return a combo box of values with their names."""
    box = ComboBox()
    for words, value in choices:
        box.addItem(words, value)
    box.setCurrentIndex(max(0, box.findData(current)))
    box.setFixedWidth(CONTROL_WIDTH)
    box.activated.connect(lambda _place: take(str(box.currentData())))
    return box
