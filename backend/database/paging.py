"""Keyset pagination for every list: a cursor holds the sort value and the id of the last row of a page."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Row, Select, func, literal, select, tuple_
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
    """Return the condition for rows after a position; with a value of None, for those of the rows without a value.

    One comparison, of pairs where values may be equal: PostgreSQL begins its index scan there.
    """
    value, last_id = place
    here: ColumnElement[Any]
    there: ColumnElement[Any]
    if value is None:
        here, there = row_id, literal(last_id, row_id.type)
    elif is_unique:
        here, there = column, literal(value, column.type)
    else:
        here = tuple_(column, row_id)
        there = tuple_(literal(value, column.type), literal(last_id, row_id.type))
    if descending:
        return here <= there if inclusive else here < there
    return here >= there if inclusive else here > there


@dataclass(frozen=True, slots=True)
class _Section:
    """Rows of a list in one order: those with a value of the sort column, and behind them those without."""

    query: Select[Any]
    order: Sequence[ColumnElement[Any]]


def _sections(
    query: Select[Any], column: ColumnElement[Any], row_id: ColumnElement[Any], *, descending: bool, is_unique: bool
) -> list[_Section]:
    """Return the sections of a list.

    One statement with both would sort the whole list: no index has rows without a value last in both directions.
    """
    by_id = row_id.desc() if descending else row_id.asc()
    by_value = column.desc() if descending else column.asc()
    order = [by_value] if is_unique else [by_value, by_id]
    if not getattr(column, "nullable", False):
        return [_Section(query, order)]
    return [
        _Section(query.where(column.is_not(None)), order),
        _Section(query.where(column.is_(None)), [by_id]),
    ]


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
    counted: Select[Any] | None = None,
) -> tuple[list[T], PagePosition]:
    """Execute `query` for one page, and return what `read` makes of its rows, and the position of the next page.

    Rows of which it makes nothing are left out. A row has two more columns behind those of the query. `unique` names
    the sort columns without duplicate values. `counted` selects as many rows as the query, and costs less.
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
    behind = partial(_behind, column, row_id, descending=descending, is_unique=is_unique)
    sections = _sections(query, column, row_id, descending=descending, is_unique=is_unique)
    if page.cursor:
        place = _decode(page.cursor, column, row_id, sort=sort)
        if place[0] is None:
            sections = sections[1:]
        sections[0] = replace(sections[0], query=sections[0].query.where(behind(place, inclusive=False)))
    rows: list[Row[Any]] = []
    skip = page.skip
    for section in sections:
        found = section.query
        if skip:
            # Only the sort value and the id of skipped rows are read, to find the first row of the page.
            first_query = found.with_only_columns(column, row_id).order_by(*section.order).offset(skip).limit(1)
            first = (await connection.execute(first_query)).first()
            if first is None:
                passed = select(func.count()).select_from(found.with_only_columns(row_id).subquery())
                skip -= (await connection.execute(passed)).scalar_one()
                continue
            found, skip = found.where(behind((first[0], first[1]), inclusive=True)), 0
        found = found.add_columns(column.label("_sort"), row_id.label("_id")).order_by(*section.order)
        rows += (await connection.execute(found.limit(page.limit + 1 - len(rows)))).all()
        if len(rows) > page.limit:
            break
    next_cursor = None
    if len(rows) > page.limit:
        rows = rows[: page.limit]
        last: Sequence[Any] = rows[-1]
        next_cursor = _encode(last[-2], last[-1], sort)
    is_whole = page.cursor is None and not page.skip and next_cursor is None
    total = len(rows) if is_whole else await _count(connection, query if counted is None else counted)
    return [one for row in rows if (one := read(row)) is not None], PagePosition(next_cursor=next_cursor, total=total)
