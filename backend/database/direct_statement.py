"""Statements of the hot path, executed by asyncpg itself: dispatching and triggering.

SQLAlchemy runs each statement in a greenlet, which under CPython 3.11 gets fresh memory from the kernel, and describes
its result again: 0.1 ms of CPU time, as much as PostgreSQL takes for many of them. Everything else goes through
SQLAlchemy, over the same connections.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

_DIALECT = make_url("postgresql+asyncpg://").get_dialect()()


class DirectStatement:
    """A statement with named parameters; `text` is the same one for SQLAlchemy."""

    def __init__(self, statement: TextClause) -> None:
        self.text = statement
        compiled = statement.compile(dialect=_DIALECT)
        self._sql = str(compiled)
        self._names: Sequence[str] = compiled.positiontup or ()

    async def rows(self, connection: AsyncConnection, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Execute it and return its rows, which are read by position.

        A connection that is in a transaction, or about to begin one, executes it through SQLAlchemy, which knows of
        that. Raises the errors of asyncpg or of SQLAlchemy.
        """
        inner = connection.sync_connection
        adapted = inner.connection.dbapi_connection if inner is not None and not inner.invalidated else None
        if inner is None or adapted is None or not adapted.autocommit:
            return (await connection.execute(self.text, parameters)).all()
        bare: asyncpg.Connection[asyncpg.Record] = adapted.driver_connection
        try:
            rows: Sequence[Sequence[Any]] = await bare.fetch(self._sql, *[parameters[name] for name in self._names])
        except BaseException as error:
            if not isinstance(error, asyncpg.PostgresError) or bare.is_closed():
                # Cancelled in between, or lost: the pool must not give it to anybody else.
                inner.invalidate(error)
            raise
        return rows
