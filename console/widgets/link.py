"""A link: a button that looks like text, on one line, cut in the middle where it has no room."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from console.widgets.plain_tip import plain_tip

_LEAST_SIGNS = 6
_ROOM = 12
"""The padding and the border of `#pageLink` in the style sheet, at both sides."""


class Link(QPushButton):
    """Plain text that opens something; the whole text is in the tooltip while it is cut."""

    def __init__(self, text: str = "", *, opens: str = "", parent: QWidget | None = None) -> None:
        """`opens` is the tooltip of a text that is not cut."""
        super().__init__(parent)
        self.setObjectName("pageLink")
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._whole = ""
        self._opens = opens
        self.show_text(text)

    @property
    def whole_text(self) -> str:
        """The text, cut or not."""
        return self._whole

    def show_text(self, text: str) -> None:
        """Show another text."""
        self._whole = text
        self.setAccessibleName(text)
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Override QPushButton.sizeHint: ask for the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + _ROOM + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Override QPushButton.minimumSizeHint: ask for the first signs."""
        least = self.fontMetrics().averageCharWidth() * _LEAST_SIGNS + _ROOM
        return QSize(min(least, self.sizeHint().width()), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QPushButton.resizeEvent: the text may be cut now, or no longer."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - _ROOM
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, room)
        self.setText(shown.replace("&", "&&"))
        self.setToolTip(plain_tip(self._whole if shown != self._whole else self._opens))
