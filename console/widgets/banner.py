"""The strip that says what is wrong, why, and what to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from console.connection.errors import Trouble
from console.widgets.surfaces import label
from console.words import sentences, tr


class Banner(QFrame):
    """One trouble at a time; hidden while there is none. `closed` follows a person's closing it."""

    acted = Signal()
    second_acted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._trouble: Trouble | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.what = label("", "cardTitle")
        self.why = label("", "secondary")
        self.why.setWordWrap(True)
        self.why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(self.what)
        words.addWidget(self.why)
        layout.addLayout(words, 1)
        self.action = QPushButton()
        self.action.clicked.connect(self.acted)
        self.second = QPushButton()
        self.second.clicked.connect(self.second_acted)
        self.copy = QPushButton()
        self.copy.clicked.connect(self._copy)
        self.dismiss = QPushButton()
        self.dismiss.clicked.connect(self.hide)
        self.dismiss.clicked.connect(self.closed)
        for button in (self.action, self.second, self.copy, self.dismiss):
            layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def show_trouble(self, trouble: Trouble, *, action: str = "", second: str = "", can_dismiss: bool = True) -> None:
        """Show a trouble; `action` is the word on a button that emits `acted`, `second` on one beside it."""
        self._trouble = trouble
        self.what.setText(trouble.what)
        self.why.setText(sentences(trouble.why, trouble.next_step))
        self.action.setText(action)
        self.action.setVisible(bool(action))
        self.second.setText(second)
        self.second.setVisible(bool(second))
        self.copy.setText(tr("Copy details"))
        self.dismiss.setText(tr("Close"))
        self.dismiss.setVisible(can_dismiss)
        self.show()

    def _copy(self) -> None:
        if self._trouble is not None:
            QGuiApplication.clipboard().setText(self._trouble.details)
