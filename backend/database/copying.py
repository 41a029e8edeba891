"""Copies rows from one PostgreSQL to another by COPY in its binary form, which all versions from 13 on read."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_PIECES = 16
"""Pieces of some KiB that are on their way at once: a slow server must not fill the memory."""
_SECONDS = 24 * 3600.0
"""A table of logs may take hours; what is copied is one transaction."""

# The catalog, once.
TABLES = """
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
"""
REFERENCES = """
    select distinct conrelid::regclass::text as child, confrelid::regclass::text as parent
    from pg_constraint where contype = 'f' and conrelid <> confrelid
"""
COLUMNS = """
    select column_name from information_schema.columns
    where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' order by ordinal_position
"""
SEQUENCES = """
    select c.column_name, pg_get_serial_sequence(quote_ident(c.table_name), c.column_name) as sequence
    from information_schema.columns c
    where c.table_schema = 'public' and c.table_name = $1
        and pg_get_serial_sequence(quote_ident(c.table_name), c.column_name) is not null
"""

CONTINUE = "select setval($1::text::regclass, $2, $3)"


@dataclass(frozen=True, slots=True)
class Copied:
    """A table, and how many rows of it were copied."""

    table: str
    rows: int


async def tables_in_order(connection: Connection) -> list[str]:
    """Return the tables of the database, each after those that it refers to."""
    parents: dict[str, set[str]] = {row["relname"]: set() for row in await connection.fetch(TABLES)}
    for row in await connection.fetch(REFERENCES):
        parents[row["child"]].add(row["parent"])
    return list(TopologicalSorter({table: sorted(parents[table]) for table in sorted(parents)}).static_order())


async def has_rows(connection: Connection, table: str, *, where: str = "true") -> bool:
    return bool(await connection.fetchval(f'select exists (select from "{table}" where {where})'))  # noqa: S608


async def count_rows(connection: Connection, table: str, *, where: str = "true") -> int:
    return int(await connection.fetchval(f'select count(*) from "{table}" where {where}', timeout=_SECONDS))  # noqa: S608


async def copy_rows(source: Connection, target: Connection, table: str, *, where: str = "true") -> Copied:
    """Copy the rows of a table for which a condition holds, as the columns of the source have them."""
    columns = [row["column_name"] for row in await source.fetch(COLUMNS, table)]
    pieces: asyncio.Queue[bytes | None] = asyncio.Queue(_PIECES)

    async def read() -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        await source.copy_from_query(
            f'select {names} from "{table}" where {where}',  # noqa: S608
            output=pieces.put,
            format="binary",
            timeout=_SECONDS,
        )
        await pieces.put(None)

    async def arriving() -> AsyncIterator[bytes]:
        while (piece := await pieces.get()) is not None:
            yield piece

    async with asyncio.TaskGroup() as group:
        group.create_task(read())
        writing = group.create_task(
            target.copy_to_table(table, source=arriving(), columns=columns, format="binary", timeout=_SECONDS)
        )
    return Copied(table, int(writing.result().removeprefix("COPY ")))


async def continue_sequences(source: Connection, target: Connection, tables: Sequence[str]) -> None:
    """Let the ids of new rows go on where those of the source are."""
    for table in tables:
        for row in await source.fetch(SEQUENCES, table):
            last = await source.fetchrow(f"select last_value, is_called from {row['sequence']}")  # noqa: S608
            assert last is not None
            await target.execute(CONTINUE, row["sequence"], last["last_value"], last["is_called"])
