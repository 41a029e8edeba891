"""A list that is read newest first while more arrives: what is shown, what waits, what is loaded. Without Qt."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Generic, Protocol, TypeVar

from shared.models.base import Page

PAGE = 200
"""Rows of one page."""
PAGE_WHILE_READING = 500
"""Rows of the further pages of a reload, which must reach down to what is being read: few calls."""
MOST_ROWS = 600
"""With more, and the newest in view, the newest page is loaded again; older ones follow as a person scrolls."""


class Identified(Protocol):
    """A row; newer ones have greater ids."""

    @property
    def id(self) -> int:
        """What identifies it."""


R = TypeVar("R", bound=Identified)
R_contra = TypeVar("R_contra", bound=Identified, contravariant=True)


class Filter(Protocol[R_contra]):
    """What a person looks for."""

    @property
    def is_closed(self) -> bool:
        """Whether only past rows match, so that no new one can."""

    def matches(self, row: R_contra, /) -> bool:
        """Whether a row is looked for."""


class Everything:
    """The filter of a list whose backend alone decides what matches."""

    is_closed = False

    def matches(self, _row: object, /) -> bool:
        """Every row does."""
        return True


class FetchPage(Protocol[R]):
    """Fetches one page of the answer to the current question."""

    async def __call__(self, *, cursor: str | None, limit: int) -> "Page[R]":
        """Return the page that begins at `cursor`; None is the beginning."""


class Loaded(Enum):
    """What a load led to."""

    OUTDATED = auto()
    """Another question was asked before the answer came; nothing has changed."""
    FIRST = auto()
    """The first answer to a question."""
    AGAIN = auto()
    """The same question has a newer answer."""


@dataclass(frozen=True, slots=True)
class Merged(Generic[R]):
    """The rows to show, and the new ones that wait until the person asks for them."""

    shown: list[R]
    waiting: dict[int, R]


def merge(
    shown: Sequence[R],
    waiting: dict[int, R],
    arrived: Iterable[R],
    wanted: Filter[R],
    *,
    takes_new: bool,
    oldest: int = 0,
) -> Merged[R]:
    """Return the list after rows have arrived, oldest first.

    Rows that are shown change in place and stay, even when they no longer match, so that nothing moves. New ones
    are put on top if `takes_new`, and otherwise wait. A row below `oldest`, the last one that is loaded, comes with
    its page.
    """
    known = {row.id: place for place, row in enumerate(shown)}
    rows = list(shown)
    held = dict(waiting)
    for row in arrived:
        place = known.get(row.id)
        if place is not None:
            rows[place] = row
        elif row.id in held or (row.id >= oldest and wanted.matches(row)):
            held[row.id] = row
    if takes_new and held:
        rows = sorted([*(row for row in held.values() if wanted.matches(row)), *rows], key=lambda row: -row.id)
        held = {}
    return Merged(rows, held)


def reloaded(
    shown: Sequence[R], found: Sequence[R], arrived: Iterable[R], wanted: Filter[R], *, stays: bool, oldest: int
) -> Merged[R]:
    """Return the list after `found` was loaded, while the rows of `arrived` arrived.

    With `stays` a person is reading: the rows that are shown stay if they still match, what is new waits, and
    what is older than all of them follows at the end.
    """
    if not stays or not shown:
        return merge(found, {}, arrived, wanted, takes_new=not wanted.is_closed, oldest=oldest)
    arrived = list(arrived)
    known = {row.id for row in shown}
    last = shown[-1].id
    waiting = {row.id: row for row in found if row.id not in known and row.id > last}
    # What has arrived since the page was requested is not on it, and may be shown already.
    newest = {row.id: row for row in (*arrived, *found)}
    rows = [newest[row.id] for row in shown if row.id in newest]
    rows += [row for row in found if row.id < last]
    return merge(rows, waiting, arrived, wanted, takes_new=False, oldest=oldest)


@dataclass(slots=True)
class Pages:
    """The pages that are loaded: where each ends, and the cursor of what follows it."""

    ends: list[tuple[int, str | None]] = field(default_factory=list)

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; None at the end of the list."""
        return self.ends[-1][1] if self.ends else None

    @property
    def oldest(self) -> int:
        """The id down to which every row is loaded: 0 if all are."""
        return self.ends[-1][0] if self.next_cursor is not None else 0

    def add(self, rows: Sequence[Identified], cursor: str | None) -> None:
        """Note a page that was loaded."""
        last = rows[-1].id if rows else (self.ends[-1][0] if self.ends else 0)
        self.ends.append((last, cursor))


class LiveList(Generic[R]):
    """The state of such a list.

    Rows arrive from a feed (`receive`) and are shown together a few times a second (`merge`). `load` fetches the
    newest pages, `load_older` the next one. While a person reads, nothing that is shown moves: new rows are in
    `waiting` until `show_waiting`.
    """

    def __init__(self, wanted: Filter[R]) -> None:
        self.rows: list[R] = []
        self.waiting: dict[int, R] = {}
        self.total: int | None = None
        """How many rows match, without those that wait; None if the backend does not count that far."""
        self.is_newest_first = True
        """In another order nothing can be merged: each change needs a load."""
        self._wanted = wanted
        self._arrived: list[R] = []
        self._under_way: list[list[R]] = []
        self._pages = Pages()
        self._question, self._answered = 0, -1

    @property
    def next_cursor(self) -> str | None:
        """Where the next older page begins; None at the end of the list."""
        return self._pages.next_cursor

    @property
    def is_answered(self) -> bool:
        """Whether the rows are an answer to the current question."""
        return self._question == self._answered

    def ask(self) -> None:
        """Begin another question: another filter, another order. The rows stay until its first answer."""
        self._question += 1

    def receive(self, row: R) -> None:
        """Note the new state of a row."""
        self._arrived.append(row)
        for gathered in self._under_way:
            gathered.append(row)

    def merge(self, *, takes_new: bool) -> bool:
        """Show what has arrived; return whether a load is needed."""
        arrived, self._arrived = self._arrived, []
        if not self.is_newest_first:
            return True
        if self._wanted.is_closed:
            merged = merge(self.rows, {}, arrived, self._wanted, takes_new=False, oldest=self._pages.oldest)
            self.rows = merged.shown
            return False
        self._show(
            merge(self.rows, self.waiting, arrived, self._wanted, takes_new=takes_new, oldest=self._pages.oldest)
        )
        return takes_new and len(self.rows) > MOST_ROWS

    def show_waiting(self) -> None:
        """Put the rows that wait on top."""
        self._show(merge(self.rows, self.waiting, [], self._wanted, takes_new=True))

    async def load(self, fetch: FetchPage[R], wanted: Filter[R], *, is_reading: Callable[[], bool]) -> Loaded:
        """Fetch the newest rows, and while a person reads all those down to what is shown."""
        question = self._question
        with self._gathering() as arrived:
            page = await fetch(cursor=None, limit=PAGE)
            found, total = list(page.data), page.meta.total
            while page.meta.next_cursor and self._stays(question, is_reading()) and found[-1].id > self.rows[-1].id:
                page = await fetch(cursor=page.meta.next_cursor, limit=PAGE_WHILE_READING)
                found += page.data
        if question != self._question:
            return Loaded.OUTDATED
        stays = self._stays(question, is_reading())
        self._wanted = wanted
        self._pages = Pages()
        self._pages.add(found, page.meta.next_cursor)
        self._arrived.clear()
        merged = Merged(found, {})
        if self.is_newest_first:
            merged = reloaded(self.rows, found, arrived, wanted, stays=stays, oldest=self._pages.oldest)
        self.rows, self.waiting = merged.shown, merged.waiting
        self.total = None if total is None else total - len(self.waiting)
        is_first, self._answered = question != self._answered, question
        return Loaded.FIRST if is_first else Loaded.AGAIN

    async def load_older(self, fetch: FetchPage[R], *, is_wanted: Callable[[], bool], limit: int = PAGE) -> bool:
        """Fetch the next page; return whether it was added.

        If the newest rows are loaded again before the page arrives, what follows them is fetched instead.
        """
        pages = None
        while pages is not self._pages and self.next_cursor is not None and is_wanted():
            pages = self._pages
            with self._gathering() as arrived:
                page = await fetch(cursor=pages.next_cursor, limit=limit)
        if pages is None or pages is not self._pages or not self.is_answered:
            return False
        pages.add(page.data, page.meta.next_cursor)
        known, newer = {row.id for row in self.rows}, {row.id: row for row in arrived}
        self.rows = [*self.rows, *(newer.get(row.id, row) for row in page.data if row.id not in known)]
        return True

    def _stays(self, question: int, is_reading: bool) -> bool:
        return is_reading and question == self._answered and self.is_newest_first and bool(self.rows)

    def _show(self, merged: Merged[R]) -> None:
        if self.total is not None:
            self.total += len(merged.shown) - len(self.rows)
        self.rows, self.waiting = merged.shown, merged.waiting

    @contextmanager
    def _gathering(self) -> Iterator[list[R]]:
        """Gather the rows that arrive while a page is on its way: they may be newer than the page."""
        gathered: list[R] = []
        self._under_way.append(gathered)
        try:
            yield gathered
        finally:
            self._under_way = [one for one in self._under_way if one is not gathered]
