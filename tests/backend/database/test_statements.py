"""PostgreSQL can plan the statements of the backend: none names a column that two of its tables have."""

import importlib
import pkgutil
from collections.abc import Iterator

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.engine import make_url

import backend
from backend.database.direct_statement import DirectStatement

DIALECT = make_url("postgresql+asyncpg://").get_dialect()()


def statements() -> Iterator[tuple[str, str]]:
    """Return the place and the text of each statement that is a constant of a module."""
    for found in pkgutil.walk_packages(backend.__path__, "backend."):
        if found.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(found.name)).items():
            statement = value.text if isinstance(value, DirectStatement) else value
            if isinstance(statement, TextClause):
                yield f"{found.name}.{name}", str(statement.compile(dialect=DIALECT))


async def test_every_constant_statement_can_be_planned(database_url: str) -> None:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    refused, planned = {}, 0
    try:
        for place, statement in statements():
            try:
                await connection.prepare(statement)
                planned += 1
            except asyncpg.PostgresError as error:
                refused[place] = str(error)
    finally:
        await connection.close()
    assert refused == {}
    assert planned > 200, "they are found"
