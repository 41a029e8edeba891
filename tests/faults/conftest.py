from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.fleet import Fleet


@pytest.fixture
def fleet(database_url: str, rabbit_url: str, tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path, database_url.replace("+asyncpg", ""), rabbit_url)
    yield made
    made.kill_all()
