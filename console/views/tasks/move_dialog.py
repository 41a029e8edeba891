"""Moves tasks into another folder."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.widgets.form_window import FormWindow
from console.widgets.surfaces import label
from console.words import tr


class MoveDialog(FormWindow):
    """`chosen` carries the folder; the folders that there are complete what is typed."""

    chosen = Signal(str)

    def __init__(self, what: str, folders: Sequence[str], *, current: str, parent: QWidget | None) -> None:
        """`what` names the tasks, `current` is the folder that they are all in."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Move %1", what))
        self.setMinimumWidth(420)
        self._current = current
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        caption = label(tr("Folder, such as finance/daily (empty: top folder)"), "secondary")
        self.line = QLineEdit(current)
        self.line.setAccessibleName(caption.text())
        self.line.selectAll()
        completer = QCompleter(sorted(folders), self.line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.line.setCompleter(completer)
        caption.setBuddy(self.line)
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = QPushButton(tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.go = QPushButton(tr("Move"))
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._accept)
        row.addWidget(cancel)
        row.addWidget(self.go)
        for widget in (caption, self.line):
            layout.addWidget(widget)
        layout.addLayout(row)
        self.line.setFocus()

    def has_unsaved_work(self) -> bool:
        """Override FormWindow.has_unsaved_work: whether another folder is entered."""
        return self.line.text() != self._current

    def _accept(self) -> None:
        self.chosen.emit(self.line.text())
        self.accept()
