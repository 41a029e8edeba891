"""A few generated requests to every operation, as each role: no failure, and what the schema promises."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.enums import Role
from tests.api_fuzz import fuzz
from tests.system import System, open_system

EXAMPLES = 2


@pytest.fixture
async def generous(database_url: str, tmp_path: Path) -> AsyncIterator[System]:
    async with open_system(database_url, None, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("role", list(Role))
async def test_no_generated_request_breaks_what_the_schema_promises(generous: System, role: Role) -> None:
    system = generous
    await system.create("one", executor="noop")
    person = {"username": f"a-{role}", "password": "a long password", "role": role}
    await system.http.post("/api/users", json=person)
    pair = await system.client.login(person["username"], person["password"])
    found = await asyncio.to_thread(fuzz, system.backend.url, pair.access_token, examples=EXAMPLES)
    assert found.failures == []
    assert sum(found.statuses.values()) > 150
    if role is not Role.ADMIN:
        assert found.statuses[403] > 5
