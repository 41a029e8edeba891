"""Which page of a list is asked for, and where in the list a page lies: the part of paging that the API sees."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which page: `sort` is a field's name, with `-` before it for descending.

    `skip` leaves out that many rows before the page. They are walked over but not fetched.
    """

    limit: int = 50
    cursor: str | None = None
    sort: str | None = None
    skip: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePosition:
    """Where the next page begins, and how many rows the list has if counting them was cheap."""

    next_cursor: str | None
    total: int | None
