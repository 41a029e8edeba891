"""The base of the views that are one table of rows."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QPushButton, QWidget

from console.context import Context
from console.views.view import View
from console.widgets.data_table import DataTable
from console.widgets.filter_bar import FilterBar
from console.widgets.row_action import RowAction
from console.widgets.selection_line import SelectionLine
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import TableModel
from console.words import number, tr

R = TypeVar("R")
_TICK_MS = 1000
_GREY_AFTER_MS = 100
"""A question that is answered sooner does not grey the rows: nothing flickers while one types."""


@dataclass(frozen=True, slots=True)
class EmptyWords:
    """What an empty list says, the words of its buttons, and why the user may never use them."""

    words: str
    step: str = ""
    other: str = ""
    refusal: str = ""


def changes_words(count: int) -> str:
    """Return how many rows have changed that are not shown yet; nothing for none."""
    if count == 1:
        return tr("1 change")
    return tr("%1 changes", number(count)) if count else ""


class ListView(View, Generic[R]):
    """A filter bar, a table, and what they share in every list.

    - Loading keeps the old rows, grey after a moment; so do rows that are out of date since the backend is away.
    - An empty list says what would be here, or that nothing matches, and offers the first step.
    - Relative times tick while the view is seen.
    - Rows do not move under the pointer of a person, nor while one has scrolled; new ones wait behind a button.

    - A person who comes back to it finds the current row in view, wherever it is by then.

    A subclass calls `set_up`, places `card`, and `show_state` after each change of its rows. `loaded` follows each
    load that was shown.
    """

    loaded = Signal()
    model: TableModel[R]

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.empty = EmptyState()
        self.empty.step.clicked.connect(self.take_first_step)
        self.empty.hide()
        self.card = Card()
        self.card.title.hide()
        self.card.aside.hide()
        self.card.body.setContentsMargins(1, 1, 1, 8)
        self.waiting_button = QPushButton()
        self.waiting_button.setObjectName("link")
        self.waiting_button.clicked.connect(self.show_waiting)
        self.waiting_button.hide()
        self._is_asking = False
        self._left_at: Hashable | None = None
        self.loaded.connect(self._return_to_row)
        self._greying = QTimer(self)
        self._greying.setSingleShot(True)
        self._greying.setInterval(_GREY_AFTER_MS)
        self._greying.timeout.connect(self._show_staleness)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)

    def set_up(
        self, model: TableModel[R], filter_bar: FilterBar, actions: Sequence[RowAction[R]], *, name: str
    ) -> None:
        """Make the table; `name` is what a screen reader calls it."""
        self.model = model
        self.filter = filter_bar
        self.filter_bars.append(filter_bar)
        self.filter.add_widget(self.waiting_button)
        self.table = DataTable(model, self.context.theme, actions)
        self.table.setAccessibleName(name)
        self.table.viewport().installEventFilter(self)
        self.add_tables(self.table)
        self.card.body.addWidget(self.table, 1)
        self.card.body.addWidget(self.empty, 1)
        self.context.connection.state_changed.connect(self._show_staleness)

    # what a subclass says

    def count_words(self) -> str:
        """Return how many rows there are, in words."""
        raise NotImplementedError

    def empty_words(self) -> EmptyWords:
        """Return what the list says while it has no rows."""
        raise NotImplementedError

    def take_first_step(self) -> None:
        """Do what the button of the empty list says."""

    def show_waiting(self) -> None:
        """Show the rows that wait behind the button."""

    def pointer_left(self) -> None:
        """Show what has waited."""
        if not self.waiting_button.isHidden() and not self.holds_still:
            self.show_waiting()

    def tick(self) -> None:
        """React to a second's passing while the view is seen."""

    # what it gets

    @property
    def is_scrolled(self) -> bool:
        """Whether the first row is out of view."""
        return self.table.verticalScrollBar().value() > 0

    @property
    def is_pointed_at(self) -> bool:
        """Whether the pointer is over the rows."""
        return self.table.viewport().underMouse()

    @property
    def holds_still(self) -> bool:
        """Whether rows must stay where they are: a person points at one, or has scrolled to one."""
        return self.is_pointed_at or self.is_scrolled

    @property
    def has_marked_several(self) -> bool:
        """Whether several rows are selected: for an action that must not change its meaning."""
        return len(self.table.selected()) > 1

    def question_asked(self) -> None:
        """Note that the rows no longer answer what is asked; they turn grey if the answer takes its time."""
        self._is_asking = True
        self._greying.start()

    def question_answered(self) -> None:
        """Note that the rows are the answer."""
        self._is_asking = False
        self._greying.stop()
        self._show_staleness()

    def show_state(self, *, waiting_words: str = "") -> None:
        """Show the counts, the empty list if it is one, and the button in front of what waits."""
        has_rows = self.model.rowCount() > 0
        self.show_count(self.count_words())
        self.waiting_button.setText(waiting_words)
        self.waiting_button.setVisible(bool(waiting_words))
        self.table.setVisible(has_rows)
        self.empty.setVisible(not has_rows)
        if not has_rows:
            empty = self.empty_words()
            self.empty.show_text(empty.words, empty.step, empty.other, refusal=empty.refusal)

    def offer_whole_list(self, fetch: Callable[[], Awaitable[list[R]]]) -> SelectionLine:
        """Offer to select all rows, also those that are not loaded; `fetch` returns them."""
        line = SelectionLine(self.context.theme, self.table)
        self.card.body.setContentsMargins(1, 1, 1, 0)
        self.card.body.addWidget(line)
        self.table.acts_on_whole = lambda: line.is_whole

        async def act_on_all(action: RowAction[R]) -> None:
            self.table.act(action, await fetch(), is_whole=True)

        def act(action: RowAction[R]) -> None:
            if action.do_whole is None:
                self.context.background.start(act_on_all(action), name="act on the whole list")
            elif self.table.can_act:
                action.do_whole()

        self.table.whole_wanted.connect(act)
        return line

    def show_count(self, words: str) -> None:
        """Show how many rows there are, beside the filter."""
        self.filter.show_text(words)

    def focus_filter(self) -> None:
        """Put the keyboard into the filter."""
        self.filter.focus_line()

    def activated(self) -> None:
        """Let the times tick."""
        is_up_to_date = not self._is_out_of_date
        super().activated()
        if is_up_to_date:
            self._return_to_row()
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Override QWidget.hideEvent: note the current row, if it is in view."""
        super().hideEvent(event)
        current = self.table.currentIndex()
        self._left_at = self.model.key_at(current.row()) if self.table.is_in_view(current) else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt's: notice that the pointer leaves the rows."""
        if watched is self.table.viewport() and event.type() == QEvent.Type.Leave:
            QTimer.singleShot(0, self, self.pointer_left)
        return super().eventFilter(watched, event)

    def _return_to_row(self) -> None:
        if not self.isVisible():
            return
        left_at, self._left_at = self._left_at, None
        place = self.model.row_of(left_at) if left_at is not None else None
        if place is not None:
            self.table.scrollTo(self.model.index(place, 0))

    def _show_staleness(self) -> None:
        is_late = self._is_asking and not self._greying.isActive()
        self.table.set_stale(is_late or not self.context.connection.is_online)

    def _tick(self) -> None:
        if self.isVisible():
            self.model.times_passed()
            self.tick()
        else:
            self._clock.stop()
