"""Statements that asyncpg executes itself."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import text

from backend.context import ServiceContext
from backend.database.direct_statement import DirectStatement
from shared.errors import DatabaseUnavailableError

ADD = DirectStatement(text("select cast(:b as integer) - cast(:a as integer) as difference, pg_backend_pid()"))
SLEEP = DirectStatement(text("select pg_sleep(cast(:seconds as float8))"))
DIVIDE = DirectStatement(text("select 1 / cast(:by as integer)"))
ASSIGN_TRANSACTION = DirectStatement(text("select pg_current_xact_id()::text"))
END = DirectStatement(text("select pg_terminate_backend(pg_backend_pid())"))


async def test_parameters_are_found_by_their_names(context: ServiceContext) -> None:
    async with context.database.statements() as connection:
        ((difference, _),) = await ADD.rows(connection, {"a": 1, "b": 3})

    assert difference == 2


async def test_it_belongs_to_the_transaction_of_its_connection(context: ServiceContext) -> None:
    async with context.database.transaction() as connection:
        ((assigned,),) = await ASSIGN_TRANSACTION.rows(connection, {})
        assert (await connection.execute(ASSIGN_TRANSACTION.text)).scalar_one() == assigned


async def test_an_error_of_the_statement_costs_no_connection(context: ServiceContext) -> None:
    async with context.database.statements() as connection:
        ((_, before),) = await ADD.rows(connection, {"a": 1, "b": 1})
        with pytest.raises(asyncpg.DivisionByZeroError):
            await DIVIDE.rows(connection, {"by": 0})

        assert await ADD.rows(connection, {"a": 1, "b": 1}) == [(0, before)]


async def test_a_connection_whose_statement_was_cancelled_goes_to_nobody_else(context: ServiceContext) -> None:
    async with context.database.statements() as connection:
        ((_, before),) = await ADD.rows(connection, {"a": 1, "b": 1})
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await SLEEP.rows(connection, {"seconds": 60.0})

    async with context.database.statements() as connection:
        ((_, after),) = await ADD.rows(connection, {"a": 1, "b": 1})
    assert after != before


async def test_a_connection_that_the_server_ended_goes_to_nobody_else(context: ServiceContext) -> None:
    with pytest.raises(DatabaseUnavailableError):
        async with context.database.statements() as connection:
            await END.rows(connection, {})

    async with context.database.statements() as connection:
        assert len(await ADD.rows(connection, {"a": 1, "b": 1})) == 1
