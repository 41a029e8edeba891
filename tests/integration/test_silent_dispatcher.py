"""A dispatcher that keeps its connection and says nothing on it: stopped, or behind a network that swallows."""

import asyncio
from datetime import timedelta

import pytest

from backend.store.database import Database
from backend.store.leadership import keep_speaking, open_candidate, try_lead
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
