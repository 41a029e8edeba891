"""A few generated requests to every operation, as each role: no failure, and what the schema promises."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from schemathesis import GenerationMode

from backend.accounts.setup import ensure_local_user
from shared.client import TokenAuth
from shared.enums import Role
from tests.api_fuzz import LIMITS, fuzz, token_of
from tests.system import System, open_system

EXAMPLES = 1


@pytest.fixture
async def generous(database_url: str, tmp_path: Path) -> AsyncIterator[System]:
    async with open_system(database_url, None, tmp_path, **LIMITS) as opened:
        yield opened


@pytest.mark.parametrize("role", list(Role))
async def test_no_generated_request_breaks_what_the_schema_promises(generous: System, role: Role) -> None:
    await generous.create("one", executor="noop")
    url, loop = generous.backend.url, asyncio.get_running_loop()

    async def new_token() -> str:
        return await token_of(url, TokenAuth(await ensure_local_user(generous.backend.context)), role)

    def sign_in() -> str:
        return asyncio.run_coroutine_threadsafe(new_token(), loop).result()

    found = await asyncio.to_thread(fuzz, url, sign_in, examples=EXAMPLES, modes=[GenerationMode.POSITIVE])
    assert found.failures == []
    assert sum(found.statuses.values()) > 150
    assert found.statuses[200] > 30
    if role is not Role.ADMIN:
        assert found.statuses[403] > 5
