"""The end of the local backend's log, followed as it grows."""

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextCursor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from console.theme.current import monospace
from console.widgets.surfaces import label
from console.words import tr
from shared.log_lines import read_entries

_TAIL_BYTES = 256 * 1024


def tail(path: Path, size: int = _TAIL_BYTES) -> str:
    """Return the last whole lines of a file, at most `size` bytes of them; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            whole = file.seek(0, 2)
            file.seek(max(0, whole - size))
            found = file.read(size)
    except OSError:
        return ""
    text = found.decode("utf-8", errors="replace")
    return text.partition("\n")[2] if whole > size else text


def readable(text: str) -> str:
    """Return the entries of a log for a reader, whatever form they have in the file."""
    return "\n".join(entry.shown() for entry in read_entries(text.splitlines()))


class BackendLogDialog(QDialog):
    """Shows the log and follows its end unless the reader has scrolled up."""

    def __init__(self, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._path = path
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Log of the local backend"))
        self.resize(960, 560)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 20)
        layout.setSpacing(12)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(monospace())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.windowTitle())
        layout.addWidget(self.text, 1)
        row = QHBoxLayout()
        where = label(str(path), "secondary")
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        folder = QPushButton(tr("Open folder"))
        folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))))
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        row.addWidget(where)
        row.addStretch(1)
        row.addWidget(folder)
        row.addWidget(close)
        layout.addLayout(row)
        self._watcher = QFileSystemWatcher([str(path)] if path.exists() else [], self)
        self._watcher.fileChanged.connect(self._load)
        self._load()

    def _load(self) -> None:
        bar = self.text.verticalScrollBar()
        was_at_end = bar.value() >= bar.maximum()
        self.text.setPlainText(readable(tail(self._path)) or tr("The log is empty."))
        if was_at_end:
            self.text.moveCursor(QTextCursor.MoveOperation.End)
            self.text.moveCursor(QTextCursor.MoveOperation.StartOfLine)
        if self._path.exists() and not self._watcher.files():  # a rotated file is a new one
            self._watcher.addPath(str(self._path))
