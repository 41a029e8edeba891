"""The surfaces that views are made of: cards, an empty view's words."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.widgets.elided_label import ElidedLabel
from console.widgets.plain_tip import plain_tip

SPACE = 12
INSIDE = 16


def label(text: str = "", name: str = "", *, parent: QWidget | None = None) -> QLabel:
    """Return a label that shows plain text in the style `name`."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if name:
        made.setObjectName(name)
    return made


class Card(QFrame):
    """A panel with a title, something at its right, and a body."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(INSIDE, SPACE, INSIDE, INSIDE)
        self.body.setSpacing(8)
        self.head = QHBoxLayout()
        self.head.setSpacing(4)
        self.title = ElidedLabel(title, "cardTitle")
        self.head.addWidget(self.title, 1)
        self.aside = label("", "secondary")
        self.head.addWidget(self.aside)
        self.body.addLayout(self.head)


class EmptyState(QWidget):
    """What would be here, and the first step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE)
        layout.addStretch(1)
        self.words = label("", "empty")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        layout.addWidget(self.words)
        self.step = QPushButton()
        self.step.hide()
        layout.addWidget(self.step, alignment=Qt.AlignmentFlag.AlignCenter)
        self.other = QPushButton()
        self.other.setObjectName("link")
        self.other.hide()
        layout.addWidget(self.other, alignment=Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(2)

    def show_text(self, words: str, step: str = "", other: str = "", *, refusal: str = "") -> None:
        """Show the words, and buttons where there is a first step, and another way to begin.

        `refusal` says why the user may never use the buttons.
        """
        self.words.setText(words)
        for button, text in ((self.step, step), (self.other, other)):
            button.setText(text)
            button.setVisible(bool(text))
            button.setEnabled(not refusal)
            button.setToolTip(plain_tip(refusal))
