"""Loads the pages of a long list that are in view, and again when the list may have changed."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from console.background import BackgroundJobs
from console.connection.refresher import Refresher
from console.widgets.paged_model import PAGE, PagedModel
from console.widgets.still_rows import StillRows, keep_still
from shared.models.base import Page

R = TypeVar("R")
_MOST_PAGES_AT_ONCE = 10
_COUNT_AFTER_MS = 150


class FetchPage(Protocol[R]):
    """Asks the backend for rows from `cursor` on, leaving out `skip` of them."""

    def __call__(self, *, cursor: str | None, skip: int, limit: int) -> Awaitable[Page[R]]:
        """Return them."""


class PageLoader(QObject, Generic[R]):
    """Keeps a `PagedModel` like the list it shows, one page at a time.

    Where a page begins is known from the page before it, by its cursor. A leap, as when the scroll bar is
    dragged, skips rows from the nearest cursor that is known. Cursors count until the list may have changed.
    Where a page does not say how many rows there are, they are counted beside, once no other question
    follows: no page waits for that.
    While `holds_still` says so, no row that is shown moves: `changes` counts what waits for a `refresh` of now.
    Rows that do move do so within `in_place`, so that what a person sees can stay where it is.
    `loaded` follows each answer that was shown, `question_answered` the first to another question.
    """

    loaded = Signal()
    question_answered = Signal()
    busy_changed = Signal(bool)

    def __init__(
        self,
        tasks: BackgroundJobs,
        model: PagedModel[R],
        *,
        fetch: FetchPage[R],
        count: Callable[[], Awaitable[int]],
        holds_still: Callable[[], bool] = lambda: False,
        in_place: Callable[[], AbstractContextManager[None]] = nullcontext,
        name: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._fetch = fetch
        self._count = count
        self._holds_still = holds_still
        self._in_place = in_place
        self._may_move = True
        self.changes = 0
        self._first, self._last = 0, 0
        self._cursors: dict[int, str | None] = {0: None}
        self._fresh: set[int] = set()
        self._question = 0
        self._is_new = True
        self._is_outdated = False
        self._is_loading = False
        self._counted: int | None = None
        self._refresher = Refresher(tasks, self._load, name=name, parent=self)
        self._refresher.busy_changed.connect(self.busy_changed)
        self._counter = Refresher(tasks, self._load_count, name=f"count of {name}", rest_ms=0, parent=self)
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(_COUNT_AFTER_MS)
        self._counting.timeout.connect(self._counter.request_now)

    def ask(self) -> None:
        """Show the answer to another question: other filters, another order."""
        self._question += 1
        self._counting.stop()
        self._is_new = True
        self._counted = None
        self._first = self._last = 0
        self._forget()
        if not self._is_loading:
            self._refresher.request_now()

    def refresh(self, *, now: bool = False) -> None:
        """Load again what is in view, soon; the rest when it comes into view. `now`: rows may move."""
        self._is_outdated = True
        if now:
            self._may_move = True
            self._refresher.request_now()
        else:
            self._refresher.request()

    def see(self, first: int, last: int) -> None:
        """Take which rows are in view, and load those that are missing or out of date."""
        self._first, self._last = max(first, 0), max(last, first, 0)
        if not self._is_new and not self._is_loading and self._missing():
            self._refresher.request_now()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is loading, counting or about to."""
        return self._refresher.is_settled and self._counter.is_settled and not self._counting.isActive()

    def hurry(self) -> None:
        """Do at once what waits for a rest."""
        if self._counting.isActive():
            self.count_now()
        self._refresher.hurry()
        self._counter.hurry()

    def count_now(self) -> None:
        """Count the rows at once."""
        self._counting.stop()
        self._counter.request_now()

    def _forget(self) -> None:
        self._cursors = {0: None}
        self._fresh.clear()

    def _seen(self) -> range:
        last = max(min(self._last, self._model.rowCount() - 1), 0)
        first = min(self._first, last)
        numbers = range(first // PAGE, last // PAGE + 1)
        return numbers[:_MOST_PAGES_AT_ONCE]

    def _missing(self) -> bool:
        return any(number not in self._fresh for number in self._seen()) and self._model.rowCount() > 0

    async def _load(self) -> None:
        self._is_loading = True
        try:
            if self._is_outdated:
                self._forget()
            self._is_outdated = False
            await self._load_what_is_missing()
        finally:
            self._is_loading = False

    async def _load_what_is_missing(self) -> None:
        is_first = True
        while is_first or self._is_new or self._missing():
            is_first = False
            question = self._question
            numbers = range(1) if self._is_new else self._seen()
            known = max(number for number in self._cursors if number <= numbers[0])
            page = await self._fetch(
                cursor=self._cursors[known], skip=(numbers[0] - known) * PAGE, limit=len(numbers) * PAGE
            )
            if question == self._question:
                self._show(numbers, page)
                if page.meta.total is None and page.meta.next_cursor is not None:
                    self._counting.start()

    def _kept_still(self, numbers: range, fresh: list[R]) -> StillRows[R] | None:
        """Return the rows of these pages where they are; None if one of them has not been shown."""
        shown = [self._model.row_at(place) for place in range(numbers[0] * PAGE, self._model.rowCount())]
        loaded = [row for row in shown[: len(numbers) * PAGE] if row is not None]
        if not loaded or len(loaded) < min(len(shown), len(numbers) * PAGE):
            return None
        return keep_still(loaded, fresh, key=self._model.key_of)

    async def _load_count(self) -> None:
        question = self._question
        counted = await self._count()
        if question == self._question and not self._is_new:
            self._counted = counted
            self._model.set_total(counted)
            self.loaded.emit()

    def _show(self, numbers: range, page: Page[R]) -> None:
        end = numbers[0] * PAGE + len(page.data)
        if page.meta.next_cursor is None and (page.data or numbers[0] == 0):
            total = end
        elif page.meta.total is not None:
            total = page.meta.total
        elif page.meta.next_cursor is None:
            # Beyond the end of a list that has shrunk: the pages before say where that is.
            total = max(numbers[0] * PAGE, 1)
        else:
            total = max(self._counted or self._model.rowCount() * (not self._is_new), end + 1)
        was_new, self._is_new = self._is_new, False
        rows = list(page.data)
        may_move, self._may_move = self._may_move or was_new, False
        still = None if may_move or not self._holds_still() else self._kept_still(numbers, rows)
        self.changes = still.changes if still is not None else 0
        if still is not None and still.changes:
            rows, total = still.rows, self._model.rowCount()
        with nullcontext() if was_new else self._in_place():
            self._model.put(numbers[0], rows, total, is_new=was_new)
        self._fresh.update(numbers)
        if page.meta.next_cursor is not None:
            self._cursors[numbers[-1] + 1] = page.meta.next_cursor
        if was_new:
            self.question_answered.emit()
        self.loaded.emit()
