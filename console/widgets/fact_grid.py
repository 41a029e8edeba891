"""Facts in two columns: names and values."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel

from console.widgets.surfaces import label


class FactGrid(QGridLayout):
    """Names with their values; one without a value is not there."""

    def __init__(self, facts: Sequence[tuple[str, str]]) -> None:
        """`facts` are keys and names, in the order in which they stand."""
        super().__init__()
        self.setHorizontalSpacing(16)
        self.setVerticalSpacing(4)
        self.setColumnStretch(1, 1)
        self._values: dict[str, tuple[QLabel, QLabel]] = {}
        for row, (key, name) in enumerate(facts):
            title, value = label(name, "secondary"), label("")
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.addWidget(title, row, 0, alignment=Qt.AlignmentFlag.AlignTop)
            self.addWidget(value, row, 1)
            self._values[key] = title, value

    def put(self, key: str, text: str) -> None:
        """Give a fact its value."""
        title, value = self._values[key]
        value.setText(text)
        title.setVisible(bool(text))
        value.setVisible(bool(text))

    def text_of(self, key: str) -> str:
        """Return the value of a fact as it is shown."""
        return self._values[key][1].text()
