"""Each reason for which the database cannot be used has a title and a next step of its own."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database import connection as connections
from backend.database.connection import Database
from backend.database.unavailability import is_unavailable, unavailable_error
from shared.errors import (
    ConcurrentChangeError,
    DatabaseBusyError,
    DatabaseFullError,
    DatabaseReadOnlyError,
    DatabaseUnavailableError,
    QueryTimedOutError,
)


async def execute(database: Database, *statements: str) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def test_a_query_that_takes_too_long_is_not_called_an_unavailable_database(database: Database) -> None:
    with pytest.raises(QueryTimedOutError) as found:
        await execute(database, "set local statement_timeout = '50ms'", "select pg_sleep(30)")
    assert "Request less at once" in found.value.detail
    assert isinstance(found.value, DatabaseUnavailableError), "who retries for the one retries for the other"


async def test_a_pool_without_a_free_connection_is_busy(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "POOL_TIMEOUT_SECONDS", 0.1)
    small = Database(database_url, pool_size=1, application_name="tests")
    async with small.transaction():
        with pytest.raises(DatabaseBusyError) as found:
            async with small.transaction():
                pass
    await small.close()
    assert "TASKDECK_DATABASE_POOL_SIZE" in found.value.detail


async def test_a_change_on_a_standby_says_where_the_address_must_lead(database: Database) -> None:
    with pytest.raises(DatabaseReadOnlyError) as found:
        await execute(database, "set transaction read only", "delete from faults")
    assert "new primary" in found.value.detail


async def test_two_changes_that_wait_for_each_other_say_so(database: Database) -> None:
    both_hold_one = asyncio.Barrier(2)

    async def change(first: int, second: int) -> None:
        async with database.transaction() as connection:
            await lock(connection, first)
            await both_hold_one.wait()
            await lock(connection, second)

    ended = await asyncio.gather(change(1, 2), change(2, 1), return_exceptions=True)
    (error,) = [one for one in ended if one is not None]
    assert isinstance(error, ConcurrentChangeError)


async def lock(connection: AsyncConnection, key: int) -> None:
    await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": key})


class _RefusedError(Exception):
    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.sqlstate = state


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ("53100", DatabaseFullError, "Free some space"),
        ("53300", DatabaseBusyError, "max_connections"),
        ("57P03", DatabaseUnavailableError, "check that PostgreSQL runs"),
        ("08006", DatabaseUnavailableError, "check that PostgreSQL runs"),
        ("40001", ConcurrentChangeError, "Try again"),
    ],
)
def test_what_cannot_be_provoked_here_is_told_apart_by_its_state(
    state: str, kind: type[DatabaseUnavailableError], words: str
) -> None:
    error = DBAPIError("insert", None, _RefusedError(state))
    assert is_unavailable(error)
    told = unavailable_error(error)
    assert type(told) is kind
    assert words in told.detail
    assert told.retry_after_seconds
    assert len({kind.code, DatabaseUnavailableError.code}) == 2 or kind is DatabaseUnavailableError
