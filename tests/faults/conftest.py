from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.broker.keys import new_secret_text
from tests.faults.fleet import Fleet


@pytest.fixture
def fleet(database_url: str, rabbit_url: str, tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path, database_url.replace("+asyncpg", ""), rabbit_url, signing_key=new_secret_text())
    yield made
    made.kill_all()
