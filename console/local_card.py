"""This machine's backend, as a choice among the connections."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from console.widgets.surfaces import Card, label
from console.words import tr
from shared.local_backend import find_local_backend


class LocalCard(Card):
    """Says whether a local backend runs; `chosen` asks to use or to start it."""

    chosen = Signal()

    def __init__(self, data_dir: Path, parent: QWidget | None = None) -> None:
        super().__init__(tr("This machine"), parent)
        running = find_local_backend(data_dir)
        words = (
            tr("A backend is running at %1.", running.url)
            if running
            else tr(
                "No backend is running on this machine. It includes PostgreSQL, so nothing else needs to be installed."
            )
        )
        for one in (words, tr("Data directory: %1", data_dir)):
            text = label(one, "secondary")
            text.setWordWrap(True)
            self.body.addWidget(text)
        use = QPushButton(tr("Connect") if running else tr("Start backend"))
        use.setObjectName("primary")
        use.clicked.connect(self.chosen)
        self.body.addWidget(use, alignment=Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)
