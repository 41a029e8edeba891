"""A label that has an ellipsis where it has no room for its text."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QStyleOption, QWidget

from console.widgets.plain_tip import plain_tip

_LEAST_SIGNS = 6
"""How many signs are shown at least."""


class ElidedLabel(QLabel):
    """Plain text on one line; the whole text is in the tooltip while it is cut."""

    def __init__(
        self,
        text: str = "",
        name: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        """`mode` says which part of the text is left out."""
        super().__init__(text, parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        if name:
            self.setObjectName(name)

    def setText(self, text: str) -> None:
        """Override QLabel.setText: take the tooltip with it."""
        super().setText(text)
        self._show_tip()

    @property
    def shown_text(self) -> str:
        """What can be read of the text."""
        return self.fontMetrics().elidedText(self.text(), self._mode, self.contentsRect().width())

    def minimumSizeHint(self) -> QSize:
        """Override QLabel.minimumSizeHint: ask for the first signs."""
        whole = super().minimumSizeHint()
        least = self.fontMetrics().averageCharWidth() * _LEAST_SIGNS
        return QSize(min(whole.width(), least), whole.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QLabel.resizeEvent: the text may be cut now, or no longer."""
        super().resizeEvent(event)
        self._show_tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QLabel.paintEvent: draw as much as there is room for."""
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment()),
            option.palette,
            self.isEnabled(),
            self.shown_text,
            self.foregroundRole(),
        )
        painter.end()

    def _show_tip(self) -> None:
        is_cut = self.shown_text != self.text()
        self.setToolTip(plain_tip(self.text() if is_cut else ""))
