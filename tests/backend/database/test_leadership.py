"""A leader that keeps its connection but does not use it is stopped or partitioned: a standby takes the lead."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.connection import Database
from backend.database.leadership import LeaderSession, keep_alive, open_candidate, try_lead
from shared.errors import DatabaseUnavailableError

SILENCE = timedelta(seconds=0.3)


@pytest.fixture
async def leader(database: Database) -> AsyncIterator[LeaderSession]:
    session = await open_candidate(database)
    yield session
    await session.close()


@pytest.fixture
async def standby(database: Database) -> AsyncIterator[LeaderSession]:
    session = await open_candidate(database)
    yield session
    await session.close()


async def test_a_silent_leader_is_terminated_by_a_standby_and_cannot_decide(
    leader: LeaderSession, standby: LeaderSession
) -> None:
    assert await try_lead(leader)
    assert not await try_lead(standby, silence_timeout=SILENCE)
    async with asyncio.timeout(5):
        while not await try_lead(standby, silence_timeout=SILENCE):
            await asyncio.sleep(SILENCE.total_seconds())
    with pytest.raises(DatabaseUnavailableError):
        async with leader.transaction() as connection:
            await connection.exec_driver_sql("select 1")


async def test_a_leader_whose_connection_is_kept_alive_keeps_the_lead(
    leader: LeaderSession, standby: LeaderSession
) -> None:
    assert await try_lead(leader)
    keeping_alive = asyncio.create_task(keep_alive(leader, max_idle=SILENCE / 10))
    try:
        for _ in range(20):
            assert not await try_lead(standby, silence_timeout=SILENCE)
            await asyncio.sleep(SILENCE.total_seconds() / 10)
    finally:
        keeping_alive.cancel()
        await asyncio.gather(keeping_alive, return_exceptions=True)


async def test_the_statements_of_a_leader_leave_nothing_in_its_memory(leader: LeaderSession) -> None:
    async def execute_many() -> None:
        for _ in range(1_000):
            async with leader.statements() as connection:
                await connection.execute(text("select 1"))
            async with leader.transaction() as connection:
                await connection.execute(text("select 1"))

    tracemalloc.start()
    try:
        await execute_many()
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        await execute_many()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 50_000, f"{after - before} bytes were kept"


async def insert_and_fail(scope: AbstractAsyncContextManager[AsyncConnection], word: str) -> None:
    async with scope as connection:
        await connection.execute(text("insert into words values (:word)"), {"word": word})
        raise RuntimeError


async def test_a_leaders_statements_are_committed_one_by_one_and_its_transactions_are_not(
    leader: LeaderSession,
) -> None:
    async with leader.statements() as connection:
        await connection.exec_driver_sql("create table words (word text)")
    with pytest.raises(RuntimeError):
        await insert_and_fail(leader.statements(), "committed")
    with pytest.raises(RuntimeError):
        await insert_and_fail(leader.transaction(), "rolled back")
    async with leader.transaction() as connection:
        assert list((await connection.exec_driver_sql("select word from words")).scalars()) == ["committed"]


async def test_a_leader_whose_connection_was_lost_gets_no_other_one(leader: LeaderSession) -> None:
    assert await try_lead(leader)
    with pytest.raises(DatabaseUnavailableError):
        async with leader.statements() as connection:
            await connection.exec_driver_sql("select pg_terminate_backend(pg_backend_pid())")

    for use in (leader.statements, leader.transaction):
        with pytest.raises(DatabaseUnavailableError):
            async with use():
                pass
