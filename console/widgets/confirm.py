"""Asking before what cannot be undone."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.widgets.surfaces import label
from console.words import tr


class ConfirmDialog(QDialog):
    """Names the object and the effect; with `typed` the person types the name to go on. `keep` is the other button."""

    def __init__(
        self, parent: QWidget, *, question: str, effect: str, verb: str, typed: str = "", keep: str = ""
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(question)
        self.setMinimumWidth(420)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        title = label(question, "cardTitle")
        title.setWordWrap(True)
        layout.addWidget(title)
        words = label(effect, "secondary")
        words.setWordWrap(True)
        layout.addWidget(words)
        self._typed = typed
        self.line = QLineEdit()
        if typed:
            self.line.setPlaceholderText(tr("Type %1 to confirm", typed))
            self.line.textChanged.connect(self._compare)
            layout.addWidget(self.line)
        row = QHBoxLayout()
        row.addStretch(1)
        stay = QPushButton(keep or tr("Cancel"))
        stay.clicked.connect(self.reject)
        self.go = QPushButton(verb)
        self.go.setObjectName("danger")
        self.go.setEnabled(not typed)
        self.go.clicked.connect(self.accept)
        row.addWidget(stay)
        row.addWidget(self.go)
        layout.addLayout(row)
        if not typed:
            stay.setFocus(Qt.FocusReason.OtherFocusReason)

    def _compare(self, text: str) -> None:
        self.go.setEnabled(text.strip() == self._typed)
