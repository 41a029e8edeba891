"""The query parameters of lists, and the answer with one page."""

from collections.abc import Iterable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic.fields import FieldInfo

from backend.pages import PagePosition, PageRequest
from shared.models.base import Meta, Page

T = TypeVar("T", bound=BaseModel)


def sorted_by(names: Iterable[str]) -> FieldInfo:
    """Return the field `sort` of a list that can be sorted by these names; the list refuses others."""
    directions: list[JsonValue] = [f"{sign}{name}" for name in names for sign in ("", "-")]
    field: FieldInfo = Field(max_length=50, json_schema_extra={"enum": directions})
    return field


class ListQuery(BaseModel):
    """Which page of a list. Unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Annotated[str, Field(max_length=1000)] | None = None
    sort: Annotated[str, Field(max_length=50)] | None = None

    def page(self) -> PageRequest:
        """Return the page asked for."""
        return PageRequest(limit=self.limit, cursor=self.cursor, sort=self.sort)


def page_answer(items: Sequence[T], position: PagePosition) -> Page[T]:
    """Return one page."""
    return Page(data=list(items), meta=Meta(next_cursor=position.next_cursor, total=position.total))


class WholeListQuery(BaseModel):
    """Which part of a short list. Without `limit` the whole list is returned."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] | None = None
    cursor: Annotated[str, Field(max_length=20, pattern=r"^\d+$")] | None = None


def whole_answer(items: Sequence[T], asked: WholeListQuery | None = None) -> Page[T]:
    """Return a list, or the requested part of it."""
    begin = int(asked.cursor or 0) if asked else 0
    end = begin + asked.limit if asked and asked.limit else len(items)
    cursor = str(end) if end < len(items) else None
    return Page(data=list(items[begin:end]), meta=Meta(next_cursor=cursor, total=len(items)))


WholeList = Annotated[WholeListQuery, Query()]
