"""A dispatcher that keeps its connection and says nothing on it: stopped, or behind a network that swallows."""

import asyncio
import gc
import tracemalloc
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.connection import Database
from backend.database.leadership import LeaderSession, keep_speaking, open_candidate, try_lead
from shared.errors import DatabaseUnavailableError

SILENT = timedelta(seconds=0.3)


async def test_a_leader_that_has_fallen_silent_is_ended_by_its_standby_and_can_decide_no_more(
    database: Database,
) -> None:
    leader, standby = await open_candidate(database), await open_candidate(database)
    try:
        assert await try_lead(leader)
        assert not await try_lead(standby, silent=SILENT)
        async with asyncio.timeout(5):
            while not await try_lead(standby, silent=SILENT):
                await asyncio.sleep(0.05)
        with pytest.raises(DatabaseUnavailableError):
            async with leader.transaction() as connection:
                await connection.exec_driver_sql("select 1")
    finally:
        await leader.close()
        await standby.close()


async def test_a_leader_that_speaks_keeps_the_lead(database: Database) -> None:
    leader, standby = await open_candidate(database), await open_candidate(database)
    speaking = None
    try:
        assert await try_lead(leader)
        speaking = asyncio.create_task(keep_speaking(leader, every=SILENT / 10))
        for _ in range(20):
            assert not await try_lead(standby, silent=SILENT)
            await asyncio.sleep(SILENT.total_seconds() / 10)
    finally:
        if speaking is not None:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)
        await leader.close()
        await standby.close()


async def test_what_a_leader_asks_leaves_nothing_behind_in_its_memory(database: Database) -> None:
    async def ask(session: LeaderSession) -> None:
        for _ in range(1_000):
            async with session.statements() as connection:
                await connection.execute(text("select 1"))
            async with session.transaction() as connection:
                await connection.execute(text("select 1"))

    leader = await open_candidate(database)
    tracemalloc.start()
    try:
        await ask(leader)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        await ask(leader)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        await leader.close()
    assert after - before < 50_000, f"{after - before} bytes were kept"


async def tell_and_fail(scope: AbstractAsyncContextManager[AsyncConnection], word: str) -> None:
    async with scope as connection:
        await connection.execute(text("insert into told values (:word)"), {"word": word})
        raise RuntimeError


async def test_a_leaders_statements_stand_each_for_itself_and_its_transactions_do_not(database: Database) -> None:
    leader = await open_candidate(database)
    try:
        async with leader.statements() as connection:
            await connection.exec_driver_sql("create table told (word text)")
        with pytest.raises(RuntimeError):
            await tell_and_fail(leader.statements(), "kept")
        with pytest.raises(RuntimeError):
            await tell_and_fail(leader.transaction(), "taken back")
        async with leader.transaction() as connection:
            assert list((await connection.exec_driver_sql("select word from told")).scalars()) == ["kept"]
    finally:
        await leader.close()
