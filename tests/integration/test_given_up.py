"""What the database does about a process of ours that has gone without a word."""

from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from backend.database.connection import Database
from shared.errors import StartupError
from tests.conftest import SERVER_URL


async def test_the_server_gives_up_who_is_silent_within_eleven_seconds() -> None:
    """By itself it would keep the rows that such a client locked for two hours; over a Unix socket it cannot happen."""
    try:
        await (await asyncpg.connect(SERVER_URL, timeout=2)).close()
    except OSError:
        pytest.skip("no PostgreSQL server answers at 127.0.0.1:5432")
    database = Database(
        SERVER_URL.replace("postgresql://", "postgresql+asyncpg://"), pool_size=1, application_name="given up"
    )
    try:
        async with database.transaction() as connection:
            names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")
            values = {
                name: (
                    await connection.exec_driver_sql(f"select setting::int from pg_settings where name = '{name}'")
                ).scalar_one()
                for name in (*names, "idle_in_transaction_session_timeout")
            }
    finally:
        await database.close()
    idle, interval, count, unacknowledged = (values[name] for name in names)
    assert idle + interval * count <= 11
    assert 0 < unacknowledged <= 11_000
    assert 0 < values["idle_in_transaction_session_timeout"] <= 11_000


async def test_a_pool_that_shares_connections_is_named_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a pool gives us a connection on which another client has prepared its own first statement."""
    database = Database("postgresql+asyncpg://postgres@127.0.0.1:1/none", pool_size=1, application_name="pooled")

    async def ping() -> timedelta:
        cause = asyncpg.DuplicatePreparedStatementError('prepared statement "__asyncpg_stmt_1__" already exists')
        raise DBAPIError("select 1", {}, cause)

    monkeypatch.setattr(database, "ping", ping)
    with pytest.raises(StartupError, match="pooler in transaction mode"):
        await database.wait_until_reachable(timedelta(seconds=1))
