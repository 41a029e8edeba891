"""The base of the lists that are read newest first while more arrives."""

from typing import TypeVar

from console.connection.refresher import Refresher
from console.context import Context
from console.views.list_view import ListView
from console.views.live_list import (
    PAGE,
    PAGE_WHILE_READING,
    FetchPage,
    Filter,
    Identified,
    LiveList,
    Loaded,
)
from console.widgets.table_model import RowsModel
from console.words import number, tr

R = TypeVar("R", bound=Identified)
_MOST_TO_END = 10_000
"""Rows that End loads at most, which is as far as the backend counts; a filter leads to those behind them."""
_NEAR_END_ROWS = 40
"""The next page is fetched when so few rows are left below the view."""


class LiveListView(ListView[R]):
    """A `ListView` over a `LiveList`.

    Older rows come page by page as one scrolls. New ones come to the top, or wait behind a button while one reads.
    A subclass says what is looked for and how a page of it is fetched.
    """

    model: RowsModel[R]

    def __init__(self, context: Context, wanted: Filter[R]) -> None:
        super().__init__(context)
        self.live: LiveList[R] = LiveList(wanted)
        background = context.background
        self.refresher = Refresher(background, self._load, name=self.name, parent=self)
        self._goes_to_end = False
        self._older = Refresher(background, self._load_older, name=f"older {self.name}", rest_ms=0, parent=self)

    def watch_scrolling(self) -> None:
        """Load older rows as a person scrolls, and all down to the end for the key End; for after `set_up`."""
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.table.selecting.connect(self._stay)
        self.table.end_wanted.connect(self._go_to_end)

    # what a subclass says

    def current_filter(self) -> Filter[R]:
        """Return what is looked for."""
        raise NotImplementedError

    def current_fetch(self) -> FetchPage[R]:
        """Return how a page of what is looked for is fetched."""
        raise NotImplementedError

    @property
    def is_reading(self) -> bool:
        """Whether what is shown must stay: a person who is at the top and loads again wants the newest."""
        return self.is_scrolled or self.has_marked_several

    # what it gets

    def refresh(self) -> None:
        """Load the newest rows."""
        self.refresher.request()

    def ask(self) -> None:
        """Load the answer to another question."""
        self._stay()
        self.live.ask()
        self.question_asked()
        self.refresher.request_now()

    def show_waiting(self) -> None:
        """Put the new rows on top, and go there."""
        self.live.show_waiting()
        self.table.clearSelection()
        self.table.scrollToTop()
        self.show_rows()
        self.table.scrollToTop()

    def show_rows(self) -> None:
        """Show the rows of the live list."""
        self.model.set_rows(self.live.rows)
        waiting = len(self.live.waiting)
        self.show_state(waiting_words=tr("%1 new", number(waiting)) if waiting else "")

    async def _load(self) -> None:
        found = await self.live.load(self.current_fetch(), self.current_filter(), is_reading=lambda: self.is_reading)
        if found is Loaded.OUTDATED:
            return
        with self.table.holding_still():
            self.show_rows()
        if found is Loaded.FIRST:
            self.table.scrollToTop()
        self.question_answered()
        self.loaded.emit()

    async def _load_older(self) -> None:
        limit = PAGE_WHILE_READING if self._goes_to_end else PAGE
        if await self.live.load_older(self.current_fetch(), is_wanted=self._is_near_end, limit=limit):
            self.show_rows()
            self.loaded.emit()
        if self._goes_to_end:
            self._go_to_end()

    def _is_near_end(self) -> bool:
        bar = self.table.verticalScrollBar()
        return self._goes_to_end or bar.maximum() - bar.value() < _NEAR_END_ROWS * self.table.rowHeight(0)

    def _go_to_end(self) -> None:
        """Go to the last row that is loaded, and load what follows it until the list ends."""
        self.table.go_to_end()
        self._goes_to_end = (
            self.live.next_cursor is not None
            and len(self.live.rows) < _MOST_TO_END
            and self.context.connection.is_online
        )
        if self._goes_to_end:
            self._older.request()

    def _stay(self) -> None:
        """Go no further: a person selects something else."""
        self._goes_to_end = False

    def _scrolled(self, _value: int) -> None:
        if self.live.next_cursor is not None and self._is_near_end() and self.context.connection.is_online:
            self._older.request()
