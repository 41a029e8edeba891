"""The line of a page that says that its alerts are silenced."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.silence_words import silence_words
from console.theme.current import Theme
from console.theme.icons import icon
from console.widgets.surfaces import label
from shared.models.alert import Silence

_SIDE = 14


class SilenceLine(QWidget):
    """A sign and a sentence; hidden without a silence."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.silence: Silence | None = None
        self.sign = label("")
        self.words = label("")
        self.words.setWordWrap(True)
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(8)
        self.line.addWidget(self.sign, alignment=Qt.AlignmentFlag.AlignTop)
        self.line.addWidget(self.words, 1)
        theme.changed.connect(self._tint)
        self._tint()
        self.hide()

    def show_silence(self, silence: Silence | None) -> None:
        """Show the silence in force."""
        self.silence = silence
        self.setVisible(silence is not None)
        if silence is not None:
            self.words.setText(silence_words(silence, datetime.now(UTC)))

    def tick(self) -> None:
        """Hide what has ended."""
        if self.silence is not None and self.silence.ends_at <= datetime.now(UTC):
            self.show_silence(None)

    def _tint(self) -> None:
        self.sign.setPixmap(icon("silence", self._theme.palette.muted, _SIDE).pixmap(_SIDE, _SIDE))
