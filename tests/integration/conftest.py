"""A whole system over each broker, on the embedded PostgreSQL and on a server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Databases
from tests.system import System, open_system


@pytest.fixture(params=["in-process", "rabbitmq", "rabbitmq-postgres"])
def places(request: pytest.FixtureRequest) -> tuple[str | None, Databases]:
    """The URL of the broker, if any, and the databases; `rabbitmq-postgres` uses this machine's PostgreSQL server."""
    broker = None if request.param == "in-process" else request.getfixturevalue("rabbit_url")
    return broker, request.getfixturevalue("server_databases" if "postgres" in request.param else "databases")


@pytest.fixture
async def system(
    places: tuple[str | None, Databases], tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[System]:
    """A system with the settings that the module names as `SETTINGS`, if any."""
    broker, databases = places
    url = await databases.create()
    try:
        async with open_system(url, broker, tmp_path, **getattr(request.module, "SETTINGS", {})) as opened:
            yield opened
    finally:
        await databases.drop(url)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run modules that set `ONE_DATABASE_EACH` with one database for each broker, to save time."""
    left_out = [
        item
        for item in items
        if getattr(getattr(item, "module", None), "ONE_DATABASE_EACH", False) and item.name.endswith("[rabbitmq]")
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
