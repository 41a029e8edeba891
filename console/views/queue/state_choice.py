"""The segments above the queue's table: one for each state, with its count."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from console.views.queue.words import state_words
from console.widgets.wrapping_row import WrappingRow
from console.words import number, tr
from shared.enums import QueueState

STATES: tuple[QueueState | None, ...] = (None, *QueueState)
_WIDEST = 10_000
_PADDING = 20
"""Pixels of a segment beside its words."""


class StateChoice(QWidget):
    """`changed` follows a person's choice; None is every state."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        group = QButtonGroup(self)
        self._buttons: dict[QueueState | None, QPushButton] = {}
        for state in STATES:
            button = QPushButton()
            button.setObjectName("range")
            button.setCheckable(True)
            button.setChecked(state is None)
            button.clicked.connect(self.changed)
            group.addButton(button)
            self._buttons[state] = button
        self._buttons[None].setProperty("place", "first")
        self._buttons[list(QueueState)[-1]].setProperty("place", "last")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        widest = self._widest()
        segments = WrappingRow(list(self._buttons.values()), least_width=widest, spacing=0)
        segments.setMaximumWidth(len(STATES) * widest)
        row.addWidget(segments, 1)
        row.addStretch()
        self.show_counts(None, counted_up_to=0)

    def _widest(self) -> int:
        """Return the width of the widest segment in pixels, so that a count that grows moves nothing."""
        button = self._buttons[None]
        button.ensurePolished()
        widest = max(button.fontMetrics().horizontalAdvance(_with(state, f"{number(_WIDEST)}+")) for state in STATES)
        return widest + _PADDING

    @property
    def chosen(self) -> QueueState | None:
        """The state that is shown alone."""
        return next(state for state, button in self._buttons.items() if button.isChecked())

    def choose(self, state: QueueState | None) -> None:
        """Choose for the person."""
        self._buttons[state].setChecked(True)

    def words_of(self, state: QueueState | None) -> str:
        """Return what a segment says."""
        return self._buttons[state].text()

    def click(self, state: QueueState | None) -> None:
        """Press a segment."""
        self._buttons[state].click()

    def show_counts(self, counts: Mapping[QueueState, int] | None, *, counted_up_to: int) -> None:
        """Show how many runs are in each state; a count that reaches `counted_up_to` may be more."""
        for state, button in self._buttons.items():
            words = _words(state)
            if counts is not None:
                found = [counts[one] for one in ([state] if state else QueueState)]
                more = "+" if any(count >= counted_up_to for count in found) else ""
                words = _with(state, f"{number(sum(found))}{more}")
            button.setText(words)


def _with(state: QueueState | None, count: str) -> str:
    return f"{_words(state)}  {count}"


def _words(state: QueueState | None) -> str:
    return tr("All") if state is None else state_words(state)
