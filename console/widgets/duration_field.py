"""A line for a duration as people write it."""

from PySide6.QtWidgets import QLineEdit, QWidget

from console.words import tr


class DurationField(QLineEdit):
    """Takes `90s` or `1h 30m`; a number alone gets its unit when the field is left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(tr("such as 90s or 1h 30m"))
        self.editingFinished.connect(self._add_unit)

    def _add_unit(self) -> None:
        text = self.text().strip()
        if text.isascii() and text.isdigit():
            self.setText(f"{text}s")
