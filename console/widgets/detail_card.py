"""One object beside its table: its shape and name above, and a way to put it away."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton, QWidget

from console.theme.current import Theme
from console.theme.icons import icon
from console.widgets.status_glyph import StatusGlyph
from console.widgets.surfaces import Card
from console.words import tr


class DetailCard(Card):
    """`closed` follows the wish to put it away."""

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._theme = theme
        self.glyph = StatusGlyph(theme)
        self.head.insertWidget(0, self.glyph)
        self.head.setSpacing(8)
        self._close = QToolButton()
        self._close.setObjectName("rowAction")
        self._close.setToolTip(tr("Close (Esc)"))
        self._close.setAccessibleName(tr("Close"))
        self._close.clicked.connect(self.closed)
        self.head.addWidget(self._close)
        theme.changed.connect(self._tint)
        self._tint()

    def _tint(self) -> None:
        self._close.setIcon(icon("close", self._theme.palette.muted))
