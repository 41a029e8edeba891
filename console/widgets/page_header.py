"""The head of a page: what it shows, how that is, in words with its shape, and what can be done."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.theme.current import Theme
from console.theme.glyphs import Glyph
from console.widgets.elided_label import ElidedLabel
from console.widgets.status_glyph import StatusGlyph
from console.widgets.surfaces import SPACE, Card, label


class PageHeader(Card):
    """The name with its shape and the buttons; below it the state in words, and a row of links and texts."""

    def __init__(self, theme: Theme, buttons: QWidget, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title.hide()
        self.aside.hide()
        self.body.setSpacing(4)
        self.body.setContentsMargins(16, 10, 16, 10)
        top = QHBoxLayout()
        top.setSpacing(SPACE)
        self.glyph = StatusGlyph(theme)
        self.name = ElidedLabel("", "pageTitle", mode=Qt.TextElideMode.ElideMiddle)
        top.addWidget(self.glyph)
        top.addWidget(self.name, 1)
        top.addWidget(buttons)
        self.body.addLayout(top)
        self.state = label("")
        self.state.setWordWrap(True)
        self.state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(self.state)
        self._below = QHBoxLayout()
        self._below.setSpacing(8)
        self.body.addLayout(self._below)

    def place_below(self, widgets: Sequence[QWidget]) -> None:
        """Place widgets in the last row, once."""
        for widget in widgets:
            self._below.addWidget(widget)
        self._below.addStretch(1)

    def show_object(self, name: str, glyph: Glyph, state: str) -> None:
        """Show the name, the shape and the state of the object."""
        self.name.setText(name)
        self.glyph.show_glyph(glyph)
        self.state.setText(state)
