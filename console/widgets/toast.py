"""A word at the bottom of the window on what was just done, with the way to take it back."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from console.widgets.surfaces import label

_SHOWN_MS = 6000
_FROM_BOTTOM = 56
"""Pixels; the counts and buttons below a table stay free."""
_FROM_SIDES = 16
_MARGINS = 16 + 12 + 8
"""Left of the words, between them and the button, and right of it."""


class Toast(QFrame):
    """Floats over the lower edge of `over` and goes by itself; `acted` follows its button."""

    acted = Signal()

    def __init__(self, parent: QWidget, *, over: QWidget) -> None:
        super().__init__(parent)
        self._ground, self._over = parent, over
        self.setObjectName("toast")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(12)
        self.words = label("")
        self.words.setWordWrap(True)
        self.action = QPushButton()
        self.action.setObjectName("link")
        self.action.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.action.clicked.connect(self.hide)
        self.action.clicked.connect(self.acted)
        layout.addWidget(self.words)
        layout.addWidget(self.action)
        self._going = QTimer(self)
        self._going.setSingleShot(True)
        self._going.setInterval(_SHOWN_MS)
        self._going.timeout.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    def show_text(self, words: str, action: str = "") -> None:
        """Show the words, and a button where there is something to do."""
        self.words.setText(words)
        self.words.setAccessibleName(words)
        self.action.setText(action)
        self.action.setVisible(bool(action))
        self._place()
        self.show()
        self.raise_()
        self._going.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the bottom when the window changes its size."""
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        most = self._over.width() - 2 * _FROM_SIDES
        whole = self.words.fontMetrics().horizontalAdvance(self.words.text()) + 1
        beside = self.action.sizeHint().width() + _MARGINS if not self.action.isHidden() else _MARGINS
        self.words.setFixedWidth(min(whole, most - beside))
        self.adjustSize()
        place = QPoint((self._over.width() - self.width()) // 2, self._over.height() - self.height() - _FROM_BOTTOM)
        self.move(self._over.mapTo(self._ground, place))
