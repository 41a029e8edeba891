"""Several of a few names, each with a check box."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from console.widgets.composed_field import ComposedField
from console.words import listed

_COLUMNS = 3


class CheckList(ComposedField):
    """Its text is the chosen names, separated by commas. A chosen name that is not offered has a box too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self.boxes: dict[str, QCheckBox] = {}

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer names, each with its words; what is chosen stays chosen."""
        for name, words in options:
            box = self.boxes.get(name) or self._add(name)
            box.setText(words)

    def text(self) -> str:
        """Override ComposedField.text."""
        return ", ".join(name for name, box in self.boxes.items() if box.isChecked())

    def setText(self, text: str) -> None:
        """Override ComposedField.setText."""
        chosen = listed(text)
        for name in chosen:
            if name not in self.boxes:
                self._add(name)
        for name, box in self.boxes.items():
            box.setChecked(name in chosen)

    def _add(self, name: str) -> QCheckBox:
        box = QCheckBox(name)
        box.toggled.connect(self.textChanged)
        place = len(self.boxes)
        self._grid.addWidget(box, place // _COLUMNS, place % _COLUMNS)
        self.boxes[name] = box
        if self.focusProxy() is None:
            self.setFocusProxy(box)
        return box
