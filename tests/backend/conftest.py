"""One backend within the process, without a worker."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.system import System, open_system


@pytest.fixture
async def system(database_url: str, tmp_path: Path) -> AsyncIterator[System]:
    async with open_system(database_url, None, tmp_path) as opened:
        yield opened
