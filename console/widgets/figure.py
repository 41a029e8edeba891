"""One number on the overview, and the way to what it counts."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from console.theme.current import Theme
from console.theme.glyphs import Glyph
from console.widgets.glyph_mark import GlyphMark
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import INSIDE, SPACE, label
from console.words import tr

_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class Figure(QFrame):
    """One number, what it counts, and what it should be compared with; `clicked` follows a click, Enter or Space."""

    clicked = Signal()

    def __init__(self, theme: Theme, caption: str, *, opens: str, parent: QWidget | None = None) -> None:
        """`opens` is the tooltip: what a click shows."""
        super().__init__(parent)
        self.setObjectName("figureCard")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(plain_tip(opens))
        self.setAccessibleDescription(opens)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(INSIDE, SPACE, INSIDE, SPACE)
        layout.setSpacing(2)
        self.caption = label(caption, "secondary")
        layout.addWidget(self.caption)
        # A value with Chinese in it is taller than the others in its row: captions and values stay in line.
        layout.addStretch(1)
        line = QHBoxLayout()
        line.setSpacing(8)
        self._value = label("–", "figure")
        self._beside = label("", "secondary")
        self.warning = GlyphMark(theme, Glyph.TRIANGLE)
        self.warning.hide()
        line.addWidget(self._value)
        line.addStretch(1)
        for one in (self.warning, self._beside):
            line.addWidget(one, alignment=Qt.AlignmentFlag.AlignBottom)
        layout.addLayout(line)
        self.show_value("–")

    def show_value(self, value: str, beside: str = "", *, tone: str = "") -> None:
        """Show the number; `tone` is `good`, `bad`, `warning` (with a triangle) or nothing."""
        self._value.setText(value)
        self._beside.setText(beside)
        self.warning.setVisible(tone == "warning")
        self.setAccessibleName(tr("%1: %2", self.caption.text(), f"{value} {beside}".rstrip()))
        if self._value.property("tone") != tone:
            self._value.setProperty("tone", tone)
            self._value.style().polish(self._value)

    @property
    def is_stale(self) -> bool:
        """Whether the number is dimmed."""
        return bool(self._value.property("stale"))

    def set_stale(self, is_stale: bool) -> None:
        """Dim the number while a newer one cannot be had."""
        if is_stale != self.is_stale:
            self._value.setProperty("stale", is_stale)
            self._value.style().polish(self._value)
            self.warning.set_past(is_stale)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mouseReleaseEvent: a click counts if it ends on the card."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget.keyPressEvent: Enter and Space click."""
        if event.key() in _KEYS:
            self.clicked.emit()
        else:
            super().keyPressEvent(event)
