"""Long work: how far it is, and a way to stop it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from console.widgets.surfaces import label
from console.words import number, tr

_FROM = 8


class ProgressStrip(QWidget):
    """Seen while more than a few objects are worked on; `cancelled` when a person has had enough."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.words = label("", "secondary")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        self.stop = QPushButton(tr("Stop"))
        self.stop.setObjectName("link")
        self.stop.clicked.connect(self.cancelled)
        for widget in (self.words, self._bar, self.stop):
            layout.addWidget(widget)
        self.hide()

    def show_progress(self, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        if total >= _FROM:
            self._bar.setMaximum(total)
            self._bar.setValue(done)
            self.words.setText(tr("%1 of %2", number(done), number(total)))
            self.show()
