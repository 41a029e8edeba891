"""Plain text of any length that can be marked and copied: as high as its lines, broken where it must be."""

from math import ceil

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent, QTextOption, QWheelEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

_MARGIN = 2


class TextBlock(QPlainTextEdit):
    """Text that the page scrolls with; it interprets nothing."""

    def __init__(self, name: str, *, font: QFont | None = None, parent: QWidget | None = None) -> None:
        """`name` is what a screen reader calls it."""
        super().__init__(parent)
        self.setObjectName("textBlock")
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(_MARGIN)
        if font is not None:
            self.setFont(font)

    def show_text(self, text: str) -> None:
        """Show another text; one that is the same stays marked."""
        if text != self.toPlainText():
            self.setPlainText(text)
            self._fit()

    def minimumSizeHint(self) -> QSize:
        """Override QWidget.minimumSizeHint: any width will do."""
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget.resizeEvent: the lines break elsewhere."""
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override QWidget.wheelEvent: the page scrolls."""
        event.ignore()

    def _fit(self) -> None:
        # Lines differ in height: a letter from another font, as of another script, makes its line higher.
        block = self.document().firstBlock()
        lines = 0.0
        while block.isValid():
            lines += self.blockBoundingRect(block).height()
            block = block.next()
        height = ceil(lines) + 2 * _MARGIN + 2 * self.frameWidth() + 2
        if height != self.height() or height != self.maximumHeight():
            self.setFixedHeight(height)
