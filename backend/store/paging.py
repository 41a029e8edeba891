"""One way to page through any list: by the value of the sort column and the id of the last row seen."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.errors import ValidationFailedError

COUNTED_UP_TO = 10_000
"""A list longer than this gives no total: to count it would cost more than the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which page: `sort` is a field's name, with `-` before it for descending."""

    limit: int = 50
    cursor: str | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True)
class PageOfRows:
    """Rows, where the next page begins, and how many there are if that was cheap."""

    rows: Sequence[Mapping[str, Any]]
    next_cursor: str | None
    total: int | None


def _encode(value: Any, row_id: Any) -> str:
    if isinstance(value, datetime):
        value = {"at": value.astimezone(UTC).isoformat()}
    return base64.urlsafe_b64encode(json.dumps([value, row_id]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[Any, Any]:
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(value, dict):
            value = datetime.fromisoformat(value["at"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValidationFailedError.of(
            "cursor", "is not a cursor of this list; use next_cursor of the page before as it was given"
        ) from error
    return value, row_id


def _after(
    column: ColumnElement[Any], row_id: ColumnElement[Any], cursor: str, *, descending: bool
) -> ColumnElement[bool]:
    """Return the condition for rows behind the cursor; rows without a value come last either way."""
    value, last_id = _decode(cursor)
    beyond_id = row_id < last_id if descending else row_id > last_id
    if value is None:
        return and_(column.is_(None), beyond_id)
    beyond = column < value if descending else column > value
    return or_(beyond, and_(column == value, beyond_id), column.is_(None))


async def fetch_page(
    connection: AsyncConnection,
    query: Select[Any],
    *,
    row_id: ColumnElement[Any],
    sortable: Mapping[str, ColumnElement[Any]],
    default_sort: str,
    page: PageRequest,
) -> PageOfRows:
    """Run `query` for one page; raises `ValidationFailedError` for a sort or cursor that makes no sense."""
    sort = page.sort or default_sort
    descending = sort.startswith("-")
    name = sort.removeprefix("-")
    if name not in sortable:
        raise ValidationFailedError.of(
            "sort",
            f"cannot sort by {name!r}; use one of {', '.join(sorted(sortable))}, with - for descending",
        )
    column = sortable[name]
    total_query = select(func.count()).select_from(query.limit(COUNTED_UP_TO + 1).subquery())
    rows_query = query
    if page.cursor:
        rows_query = rows_query.where(_after(column, row_id, page.cursor, descending=descending))
    if name == "id":
        order = [row_id.desc() if descending else row_id.asc()]
    else:
        order = [
            column.desc().nulls_last() if descending else column.asc().nulls_last(),
            row_id.desc() if descending else row_id.asc(),
        ]
    rows_query = rows_query.add_columns(column.label("_sort"), row_id.label("_id"))
    result = await connection.execute(rows_query.order_by(*order).limit(page.limit + 1))
    rows: Sequence[Mapping[str, Any]] = result.mappings().all()
    next_cursor = None
    if len(rows) > page.limit:
        rows = rows[: page.limit]
        next_cursor = _encode(rows[-1]["_sort"], rows[-1]["_id"])
    total: int | None
    if page.cursor is None and next_cursor is None:
        total = len(rows)
    else:
        total = (await connection.execute(total_query)).scalar_one()
        total = total if total <= COUNTED_UP_TO else None
    plain = [{key: value for key, value in row.items() if key not in ("_sort", "_id")} for row in rows]
    return PageOfRows(plain, next_cursor, total)
