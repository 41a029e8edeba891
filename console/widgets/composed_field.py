"""A field of a form that is made of several widgets, and is a text like the others."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class ComposedField(QWidget):
    """`textChanged` follows each change of `text`; the focus goes to its focus proxy."""

    textChanged = Signal()  # noqa: N815

    def text(self) -> str:
        """Return what is entered, as one text."""
        raise NotImplementedError

    def setText(self, text: str) -> None:
        """Enter a text."""
        raise NotImplementedError
