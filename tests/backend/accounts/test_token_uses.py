"""When tokens were used last: shown, and stored in batches."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from backend.accounts.token_uses import TokenUses, TokenUsesStored
from backend.database.connection import Database
from backend.events.passes import Passes
from tests.system import System


async def tokens(system: System) -> dict[str, dict[str, Any]]:
    return {token["name"]: token for token in (await system.http.get("/api/tokens")).json()["data"]}


async def test_the_list_shows_when_a_token_was_used_last(system: System) -> None:
    before = await system.backend.context.database.now()
    await system.http.post("/api/tokens", json={"name": "unused"})
    found = await system.until_passes(
        TokenUsesStored,
        lambda: tokens(system),
        lambda found: any(token["last_used_at"] is not None for token in found.values()),
    )
    assert found.pop("unused")["last_used_at"] is None
    (used,) = found.values()
    assert abs(datetime.fromisoformat(used["last_used_at"]) - before) < timedelta(minutes=2)


@asynccontextmanager
async def running(database: Database, passes: Passes, *, interval_seconds: float) -> AsyncIterator[TokenUses]:
    uses = TokenUses(database, passes, interval_seconds=interval_seconds)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(uses.run())
        yield uses
        task.cancel()


async def test_many_uses_of_many_tokens_are_stored_in_one_statement(database: Database) -> None:
    passes = Passes()
    async with running(database, passes, interval_seconds=0) as uses:
        with passes.watch(TokenUsesStored) as stored:
            for _ in range(1000):
                uses.note(7)
                uses.note(3)
            assert await stored.next() == TokenUsesStored((3, 7))
            uses.note(7)
            assert await stored.next() == TokenUsesStored((7,))


async def test_a_later_use_that_another_replica_stored_stays(database: Database) -> None:
    passes = Passes()
    async with database.transaction() as connection:
        await connection.execute(
            text("insert into users (id, username, password_hash, role) values (9, 'u', 'x', 'viewer');")
        )
        await connection.execute(
            text(
                "insert into api_tokens (id, user_id, name, token_hash, last_used_at) "
                "values (5, 9, 't', 'h', now() + interval '1 hour')"
            )
        )
    async with running(database, passes, interval_seconds=0) as uses:
        with passes.watch(TokenUsesStored) as stored:
            uses.note(5)
            await stored.next()
    async with database.transaction() as connection:
        later = (await connection.execute(text("select last_used_at > now() from api_tokens"))).scalar_one()
    assert later
