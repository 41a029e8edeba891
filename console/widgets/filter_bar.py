"""The row above a table: what to look for, and how many there are."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from console.theme.current import Theme
from console.theme.icons import icon
from console.widgets.boxes import ComboBox
from console.widgets.surfaces import label

_PAUSE_MS = 30
_NARROWEST_LINE = 96
_ROOM_FOR_COUNT = 720
_MANY_BOXES = 3


class _SearchLine(QLineEdit):
    """A line that Esc empties; an empty one leaves Esc to the window."""

    def event(self, event: QEvent) -> bool:
        """Override QLineEdit.event: a view may have a shortcut Esc of its own."""
        asks = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride
        if asks and self._takes(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QLineEdit.keyPressEvent."""
        if self._takes(event):
            self.clear()
        else:
            super().keyPressEvent(event)

    def _takes(self, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and bool(self.text())


class FilterBar(QWidget):
    """`changed` follows typing, after a short pause, and each choice.

    What is typed counts from `changed` on: a list that is loaded again before still answers the former question.
    """

    changed = Signal()

    def __init__(self, theme: Theme, placeholder: str = "", parent: QWidget | None = None) -> None:
        """Without a placeholder there is no line to type in."""
        super().__init__(parent)
        self._text = ""
        self._theme = theme
        self._boxes: list[QComboBox] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.line = _SearchLine()
        self.line.setPlaceholderText(placeholder)
        self.line.setClearButtonEnabled(True)
        self.line.setMinimumWidth(_NARROWEST_LINE)
        self.line.setMaximumWidth(360)
        self.line.setFixedHeight(30)
        self.line.setAccessibleName(placeholder)
        self._glass = QAction(placeholder, self.line)
        self.line.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.line.textChanged.connect(lambda _text: self._pause.start())
        self.line.setVisible(bool(placeholder))
        self._row.addWidget(self.line, 10)
        self._row.addStretch(1)
        self._count = label("", "secondary")
        self._count.hide()
        self._row.addWidget(self._count)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def text(self) -> str:
        """What is looked for."""
        return self._text

    def set_text(self, text: str) -> None:
        """Look for `text` at once."""
        before = self._text
        self.line.setText(text)
        self._take_text()
        if self._text != before:
            self.changed.emit()

    def clear(self) -> None:
        """Ask for everything again, without a signal: a link from another view replaces what is filtered by."""
        self.line.setText("")
        self._choose([0] * len(self._boxes))
        self._take_text()

    def state(self) -> dict[str, Any]:
        """Return what is typed and chosen."""
        return {"text": self.line.text(), "choices": [box.currentIndex() for box in self._boxes]}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Type and choose what `state` says, and ask once."""
        before = self.state()
        self.line.setText(str(state.get("text", "")))
        self._choose(state.get("choices", ()))
        if self.state() != before:
            self._ask()

    def focus_line(self) -> None:
        """Put the keyboard into the line."""
        self.line.setFocus()
        self.line.selectAll()

    def add_choice(self, choices: Sequence[tuple[str, Any]], name: str) -> QComboBox:
        """Add a box with words and the values that they stand for, after the line."""
        box = ComboBox()
        box.setAccessibleName(name)
        for words, value in choices:
            box.addItem(words, value)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.currentIndexChanged.connect(lambda _place: self._ask())
        self._boxes.append(box)
        self._row.insertWidget(self._row.count() - 2, box)
        return box

    def add_widget(self, widget: QWidget) -> None:
        """Add a widget before the count."""
        self._row.insertWidget(self._row.count() - 1, widget)

    def show_text(self, words: str) -> None:
        """Say how many rows there are."""
        self._count.setText(words)
        self._show_count()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget.resizeEvent: a narrow bar keeps what one types and chooses, and leaves out the count."""
        super().resizeEvent(event)
        self._show_count()

    def _choose(self, places: Sequence[Any]) -> None:
        for box, place in zip(self._boxes, places, strict=False):
            if isinstance(place, int) and 0 <= place < box.count():
                box.blockSignals(True)
                box.setCurrentIndex(place)
                box.blockSignals(False)

    def _take_text(self) -> None:
        self._pause.stop()
        self._text = self.line.text().strip()

    def _ask(self) -> None:
        self._take_text()
        self.changed.emit()

    def _show_count(self) -> None:
        has_room = self.width() >= _ROOM_FOR_COUNT or len(self._boxes) < _MANY_BOXES
        self._count.setVisible(bool(self._count.text()) and has_room and self._needed_width() <= self.width())

    def _needed_width(self) -> int:
        """Return the width in pixels that leaves room for the texts of everything in the bar."""
        widgets = [item.widget() for item in map(self._row.itemAt, range(self._row.count())) if item is not None]
        others = [one for one in widgets if one not in (None, self.line) and (one is self._count or not one.isHidden())]
        hints = [one.sizeHint().width() + self._row.spacing() for one in others]
        return sum(hints) + (0 if self.line.isHidden() else self.line.minimumWidth())

    def _restyle(self) -> None:
        self._glass.setIcon(icon("search", self._theme.palette.muted))
