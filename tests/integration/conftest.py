"""A whole system over each message queue."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.system import System, open_system


@pytest.fixture(params=["in-process", "rabbitmq"])
def broker(request: pytest.FixtureRequest) -> str | None:
    """The broker's URL, or None for the queue within the process."""
    return request.getfixturevalue("rabbit_url") if request.param == "rabbitmq" else None


@pytest.fixture
async def system(database_url: str, broker: str | None, tmp_path: Path) -> AsyncIterator[System]:
    async with open_system(database_url, broker, tmp_path) as opened:
        yield opened
