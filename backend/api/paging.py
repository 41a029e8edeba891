"""The query parameters that every list takes, and the answer it gives."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from backend.database.paging import PageOfRows, PageRequest
from shared.models.base import Meta, Page

T = TypeVar("T", bound=BaseModel)


class ListQuery(BaseModel):
    """Which page of a list; a parameter that is not known is refused."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Annotated[str, Field(max_length=1000)] | None = None
    sort: Annotated[str, Field(max_length=50)] | None = None

    def page(self) -> PageRequest:
        """Return the page asked for."""
        return PageRequest(limit=self.limit, cursor=self.cursor, sort=self.sort)


def page_answer(items: Sequence[T], found: PageOfRows) -> Page[T]:
    """Return one page."""
    return Page(data=list(items), meta=Meta(next_cursor=found.next_cursor, total=found.total))


class WholeListQuery(BaseModel):
    """Which part of a short list: without `limit` it is given whole."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] | None = None
    cursor: Annotated[str, Field(max_length=20, pattern=r"^\d+$")] | None = None


def whole_answer(items: Sequence[T], asked: WholeListQuery | None = None) -> Page[T]:
    """Return a list that is at hand whole, or the part of it that was asked for."""
    begin = int(asked.cursor or 0) if asked else 0
    end = begin + asked.limit if asked and asked.limit else len(items)
    cursor = str(end) if end < len(items) else None
    return Page(data=list(items[begin:end]), meta=Meta(next_cursor=cursor, total=len(items)))


WholeList = Annotated[WholeListQuery, Query()]
