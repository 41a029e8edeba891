"""Keyset pagination for every list: a cursor holds the sort value and the id of the last row of a page."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.pages import PagePosition, PageRequest
from shared.errors import ValidationFailedError
from shared.storable_text import why_unstorable

T = TypeVar("T")
COUNTED_UP_TO = 10_000
"""The total of a longer list is not given, because counting it takes longer than reading the page."""
_MOST_SMALL = 2**15 - 1
_MOST_BIG = 2**63 - 1
"""The greatest values of the two integer types that lists are sorted by."""


def _encode(value: Any, row_id: Any, sort: str) -> str:
    if isinstance(value, datetime):
        value = {"at": value.astimezone(UTC).isoformat()}
    return base64.urlsafe_b64encode(json.dumps([value, row_id, sort]).encode()).decode().rstrip("=")


def _decode(cursor: str, column: ColumnElement[Any], row_id: ColumnElement[Any], *, sort: str) -> tuple[Any, Any]:
    """Return the sort value and the id in a cursor; raises `ValidationFailedError` for a cursor that was altered."""
    try:
        value, last_id, its_sort = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(value, dict):
            value = datetime.fromisoformat(value["at"]).astimezone(UTC)
        if not _fits(value, column) or not _fits(last_id, row_id):
            raise ValueError(cursor)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ValidationFailedError.of(
            "cursor", "is not a cursor of this list; use the next_cursor of the previous page unchanged"
        ) from error
    if its_sort != sort:
        raise ValidationFailedError.of(
            "cursor", "belongs to another sort order; use it with the sort of its page, or start without a cursor"
        )
    return value, last_id


def _fits(value: Any, column: ColumnElement[Any]) -> bool:
    """Whether the database can compare this value with the column."""
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
    """Return the condition for rows after a position. Rows without a value come last in both directions."""
    value, last_id = place
    beyond: ColumnElement[bool]
    if is_unique:
        # Without the id in the condition PostgreSQL begins its index scan at the value.
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
    read: Callable[[Row[Any]], T | None],
    row_id: ColumnElement[Any],
    sortable: Mapping[str, ColumnElement[Any]],
    default_sort: str,
    page: PageRequest,
    unique: frozenset[str] = frozenset(),
) -> tuple[list[T], PagePosition]:
    """Execute `query` for one page, and return what `read` makes of its rows, and the position of the next page.

    Rows of which it makes nothing are left out. A row has two more columns behind those of the query. `unique` names
    the sort columns without duplicate values.
    Raises `ValidationFailedError` for an unknown sort column or an invalid cursor.
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
        place = _decode(page.cursor, column, row_id, sort=sort)
        rows_query = rows_query.where(
            _behind(column, row_id, place, descending=descending, is_unique=is_unique, inclusive=False)
        )
    if page.skip:
        # Only the sort value and the id of skipped rows are read, to find the first row of the page.
        first_query = rows_query.with_only_columns(column, row_id).order_by(*order).offset(page.skip).limit(1)
        first = (await connection.execute(first_query)).first()
        if first is None:
            return [], PagePosition(next_cursor=None, total=await _count(connection, query))
        rows_query = rows_query.where(
            _behind(column, row_id, (first[0], first[1]), descending=descending, is_unique=is_unique, inclusive=True)
        )
    rows_query = rows_query.add_columns(column.label("_sort"), row_id.label("_id"))
    rows = (await connection.execute(rows_query.order_by(*order).limit(page.limit + 1))).all()
    next_cursor = None
    if len(rows) > page.limit:
        rows = rows[: page.limit]
        next_cursor = _encode(rows[-1][-2], rows[-1][-1], sort)
    is_whole = page.cursor is None and not page.skip and next_cursor is None
    total = len(rows) if is_whole else await _count(connection, query)
    return [one for row in rows if (one := read(row)) is not None], PagePosition(next_cursor=next_cursor, total=total)
