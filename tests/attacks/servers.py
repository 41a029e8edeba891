"""The servers that attacks need, each started for those who ask for it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import Databases
from tests.local_process import LocalProcess


@dataclass(frozen=True, slots=True)
class Servers:
    """`folder` is for one group of attacks; the URL of RabbitMQ and the local backend start their servers."""

    databases: Databases
    folder: Path
    rabbit_url: Callable[[], str]
    local_backend: Callable[[], LocalProcess]

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """Make a database, and drop it at the end."""
        url = await self.databases.create()
        try:
            yield url
        finally:
            await self.databases.drop(url)
