"""Showing a secret that is shown once."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.theme.current import monospace
from console.widgets.surfaces import label
from console.words import tr


class SecretDialog(QDialog):
    """A secret to copy; `words` say so and what to do with it, `commands` how, in lines to copy."""

    def __init__(self, title: str, words: str, secret: str, parent: QWidget, *, commands: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(520)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        explained = label(words, "secondary")
        explained.setWordWrap(True)
        layout.addWidget(explained)
        self.value = QLineEdit(secret)
        self.value.setReadOnly(True)
        self.value.setFont(monospace())
        self.value.setAccessibleName(title)
        self.value.selectAll()
        layout.addWidget(self.value)
        if commands:
            self.commands = QLineEdit(commands)
            self.commands.setReadOnly(True)
            self.commands.setFont(monospace())
            self.commands.setAccessibleName(tr("Command"))
            self.commands.setCursorPosition(0)
            layout.addWidget(self.commands)
        row = QHBoxLayout()
        row.addStretch(1)
        self.copy = QPushButton(tr("Copy"))
        self.copy.setObjectName("primary")
        self.copy.clicked.connect(self._copy)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        row.addWidget(close)
        row.addWidget(self.copy)
        layout.addLayout(row)
        self.copy.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.value.text())
        self.copy.setText(tr("Copied"))
