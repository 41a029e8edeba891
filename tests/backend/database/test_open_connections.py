"""Connections that are kept between two statements, and what needs the pool beside them."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.connection import Database
from backend.database.direct_statement import DirectStatement

MOST = 2
PID = DirectStatement(text("select pg_backend_pid()"))
SLEEP = DirectStatement(text("select pg_sleep(60)"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, pool_size=MOST, application_name="kept")
    yield opened
    await opened.close()


async def pid_of(connection: AsyncConnection) -> int:
    [(pid,)] = await PID.rows(connection, {})
    return int(pid)


async def next_pid(database: Database) -> int:
    async with database.statements() as connection:
        return await pid_of(connection)


async def test_a_block_uses_the_connection_of_the_block_before(database: Database) -> None:
    first = await next_pid(database)
    assert await next_pid(database) == first
    assert (database.pool_use.in_use, database.pool_use.idle) == (0, 1)
    async with database.statements() as connection:
        assert await pid_of(connection) == first
        assert (database.pool_use.in_use, database.pool_use.idle) == (1, 0)


async def test_a_transaction_gets_a_connection_that_was_kept(database: Database) -> None:
    async with database.statements() as one, database.statements() as other:
        pids = {await pid_of(one), await pid_of(other)}
    async with database.transaction() as one, database.trial() as other:
        assert {await pid_of(one), await pid_of(other)} == pids
    assert await next_pid(database) in pids


async def test_who_waits_gets_the_connection_of_the_next_block_that_ends(database: Database) -> None:
    ends, waits = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with database.statements() as connection:
            await pid_of(connection)
            waits.set()
            await ends.wait()

    async def change() -> int:
        async with database.transaction() as connection:
            return await pid_of(connection)

    async with database.transaction():
        held = asyncio.create_task(hold())
        await waits.wait()
        changing = asyncio.create_task(change())
        await asyncio.sleep(0)
        ends.set()
        async with asyncio.timeout(4):
            assert await changing
        await held


async def test_a_connection_that_the_server_closed_is_replaced(database: Database) -> None:
    kept = await next_pid(database)
    async with database.transaction() as connection:
        await connection.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": kept})
    await database.ping()  # in the time of which the driver learns of it
    assert await next_pid(database) != kept


async def test_a_statement_that_was_cancelled_leaves_no_connection_to_others(database: Database) -> None:
    pid = await next_pid(database)

    async def sleep() -> None:
        async with database.statements() as connection:
            await SLEEP.rows(connection, {})

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await sleep()
    assert await next_pid(database) != pid


async def test_a_refused_statement_keeps_its_connection(database: Database) -> None:
    pid = await next_pid(database)
    with pytest.raises(Exception, match="division by zero"):
        async with database.statements() as connection:
            await DirectStatement(text("select 1 / 0")).rows(connection, {})
    assert await next_pid(database) == pid


async def test_all_are_closed_with_the_pool(database: Database) -> None:
    async with database.statements() as one, database.statements() as other:
        await pid_of(one)
        await pid_of(other)
        drivers = [await driver_of(one), await driver_of(other)]
    assert not any(driver.is_closed() for driver in drivers)
    await database.close()
    assert all(driver.is_closed() for driver in drivers)


async def driver_of(connection: AsyncConnection) -> "asyncpg.Connection[asyncpg.Record]":
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, asyncpg.Connection)
    return driver
