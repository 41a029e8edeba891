"""Pages of a list, one after the other and from any place."""

import random
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Integer, MetaData, Row, Table, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.connection import Database
from backend.database.paging import fetch_page
from backend.pages import PagePosition, PageRequest

THINGS = Table("things", MetaData(), Column("id", BigInteger, primary_key=True), Column("size", Integer, nullable=True))
COUNT = 40
PAGE = 7


async def page_of(connection: AsyncConnection, request: PageRequest) -> tuple[list[int], PagePosition]:
    def read(row: Row[Any]) -> int:
        return int(row[0])

    return await fetch_page(
        connection,
        select(THINGS.c.id, THINGS.c.size),
        read=read,
        row_id=THINGS.c.id,
        sortable={"id": THINGS.c.id, "size": THINGS.c.size},
        default_sort="id",
        page=request,
    )


def in_order(sizes: dict[int, int | None], sort: str) -> list[int]:
    """Return the ids sorted as a list is: what has no value comes last in both directions."""
    sign = -1 if sort.startswith("-") else 1
    return sorted(sizes, key=lambda one: ((size := sizes[one]) is None, sign * (size or 0), sign * one))


@pytest.mark.parametrize("without", [0, 0.4, 1], ids=["all have a value", "some", "none"])
@pytest.mark.parametrize("sort", ["size", "-size"])
async def test_pages_follow_one_another_and_begin_anywhere(database: Database, sort: str, without: float) -> None:
    chance = random.Random(3)
    sizes = {number: None if chance.random() < without else chance.randrange(5) for number in range(1, COUNT + 1)}
    expected = in_order(sizes, sort)
    async with database.transaction() as connection:
        await connection.execute(text("create temporary table things (id bigint primary key, size integer)"))
        await connection.execute(insert(THINGS), [{"id": one, "size": size} for one, size in sizes.items()])
        seen: list[int] = []
        cursor: str | None = None
        while True:
            ids, position = await page_of(connection, PageRequest(limit=PAGE, cursor=cursor, sort=sort))
            assert position.total == COUNT
            beyond, _ = await page_of(connection, PageRequest(limit=PAGE, cursor=cursor, sort=sort, skip=PAGE + 3))
            assert beyond == expected[len(seen) + PAGE + 3 :][:PAGE]
            seen += ids
            cursor = position.next_cursor
            if cursor is None:
                break
        assert seen == expected
        for skip in (0, 1, PAGE, COUNT // 2, COUNT - 1, COUNT, COUNT + 5):
            ids, _ = await page_of(connection, PageRequest(limit=PAGE, sort=sort, skip=skip))
            assert ids == expected[skip : skip + PAGE], skip
