"""A whole system over each message queue, on the embedded PostgreSQL and on a server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.system import System, open_system


@pytest.fixture(params=["in-process", "rabbitmq", "rabbitmq-postgres"])
def servers(request: pytest.FixtureRequest) -> str:
    """Which queue and database: `rabbitmq-postgres` takes this machine's PostgreSQL server."""
    chosen: str = request.param
    return chosen


@pytest.fixture
async def system(servers: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[System]:
    broker: str | None = None if servers == "in-process" else request.getfixturevalue("rabbit_url")
    databases = request.getfixturevalue("server_databases" if servers == "rabbitmq-postgres" else "databases")
    url = await databases.create()
    try:
        async with open_system(url, broker, tmp_path) as opened:
            yield opened
    finally:
        await databases.drop(url)
