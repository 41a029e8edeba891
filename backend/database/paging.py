"""One way to page through any list: by the value of the sort column and the id of the last row seen."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.pages import PagePosition, PageRequest
from shared.errors import ValidationFailedError
from shared.storable_text import why_unstorable

COUNTED_UP_TO = 10_000
"""A list longer than this gives no total: to count it would cost more than the page."""
_MOST_SMALL = 2**15 - 1
_MOST_BIG = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOfRows(PagePosition):
    """The rows of one page, and its position."""

    rows: Sequence[Mapping[str, Any]]


def _encode(value: Any, row_id: Any) -> str:
    if isinstance(value, datetime):
        value = {"at": value.astimezone(UTC).isoformat()}
    return base64.urlsafe_b64encode(json.dumps([value, row_id]).encode()).decode().rstrip("=")


def _decode(cursor: str, column: ColumnElement[Any], row_id: ColumnElement[Any]) -> tuple[Any, Any]:
    """Return the values of the last row seen: what a person changed in them is none that the column has."""
    try:
        value, last_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(value, dict):
            value = datetime.fromisoformat(value["at"]).astimezone(UTC)
        if not _fits(value, column) or not _fits(last_id, row_id):
            raise ValueError(cursor)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ValidationFailedError.of(
            "cursor", "is not a cursor of this list; use next_cursor of the page before as it was given"
        ) from error
    return value, last_id


def _fits(value: Any, column: ColumnElement[Any]) -> bool:
    """Whether the database can compare a value with a column."""
    if value is None:
        return bool(getattr(column, "nullable", False))
    if type(value) is not column.type.python_type:
        return False
    if isinstance(value, int):
        return abs(value) <= (_MOST_BIG if isinstance(column.type, BigInteger) else _MOST_SMALL)
    return not isinstance(value, str) or why_unstorable(value) is None


def _behind(
    column: ColumnElement[Any],
    row_id: ColumnElement[Any],
    place: tuple[Any, Any],
    *,
    descending: bool,
    is_unique: bool,
    inclusive: bool,
) -> ColumnElement[bool]:
    """Return the condition for rows behind a place; rows without a value come last either way."""
    value, last_id = place
    beyond: ColumnElement[bool]
    if is_unique:
        # Nothing but the column decides, so that its index is walked from the value on.
        if inclusive:
            beyond = column <= value if descending else column >= value
        else:
            beyond = column < value if descending else column > value
        return beyond
    if inclusive:
        beyond_id = row_id <= last_id if descending else row_id >= last_id
    else:
        beyond_id = row_id < last_id if descending else row_id > last_id
    if value is None:
        return and_(column.is_(None), beyond_id)
    beyond = column < value if descending else column > value
    return or_(beyond, and_(column == value, beyond_id), column.is_(None))


async def _count(connection: AsyncConnection, query: Select[Any]) -> int | None:
    counted = select(func.count()).select_from(query.limit(COUNTED_UP_TO + 1).subquery())
    total: int = (await connection.execute(counted)).scalar_one()
    return total if total <= COUNTED_UP_TO else None


async def fetch_page(
    connection: AsyncConnection,
    query: Select[Any],
    *,
    row_id: ColumnElement[Any],
    sortable: Mapping[str, ColumnElement[Any]],
    default_sort: str,
    page: PageRequest,
    unique: frozenset[str] = frozenset(),
) -> PageOfRows:
    """Run `query` for one page; `unique` names the sorts whose values never come twice.

    Raises `ValidationFailedError` for a sort or cursor that makes no sense.
    """
    sort = page.sort or default_sort
    descending = sort.startswith("-")
    name = sort.removeprefix("-")
    if name not in sortable:
        raise ValidationFailedError.of(
            "sort",
            f"cannot sort by {name!r}; use one of {', '.join(sorted(sortable))}, with - for descending",
        )
    column = sortable[name]
    is_unique = name in unique or name == "id"
    order = [column.desc().nulls_last() if descending else column.asc().nulls_last()]
    if is_unique:
        order = [column.desc() if descending else column.asc()]
    else:
        order.append(row_id.desc() if descending else row_id.asc())
    rows_query = query
    if page.cursor:
        place = _decode(page.cursor, column, row_id)
        rows_query = rows_query.where(
            _behind(column, row_id, place, descending=descending, is_unique=is_unique, inclusive=False)
        )
    if page.skip:
        # The first row of the page is looked for alone: rows that are left out are not put together.
        first_query = rows_query.with_only_columns(column, row_id).order_by(*order).offset(page.skip).limit(1)
        first = (await connection.execute(first_query)).first()
        if first is None:
            return PageOfRows(rows=[], next_cursor=None, total=await _count(connection, query))
        rows_query = rows_query.where(
            _behind(column, row_id, (first[0], first[1]), descending=descending, is_unique=is_unique, inclusive=True)
        )
    rows_query = rows_query.add_columns(column.label("_sort"), row_id.label("_id"))
    result = await connection.execute(rows_query.order_by(*order).limit(page.limit + 1))
    rows: Sequence[Mapping[str, Any]] = result.mappings().all()
    next_cursor = None
    if len(rows) > page.limit:
        rows = rows[: page.limit]
        next_cursor = _encode(rows[-1]["_sort"], rows[-1]["_id"])
    is_whole = page.cursor is None and not page.skip and next_cursor is None
    total = len(rows) if is_whole else await _count(connection, query)
    plain = [{key: value for key, value in row.items() if key not in ("_sort", "_id")} for row in rows]
    return PageOfRows(rows=plain, next_cursor=next_cursor, total=total)
