"""Replicas on one database, and requests to each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from backend.accounts.announcements import AccountsFollowed
from backend.app import Backend, open_backend, open_broker, open_database
from backend.broker.in_process import InProcessBroker
from backend.settings import Settings
from shared.enums import BackendRole


@asynccontextmanager
async def open_replica(settings: Settings, *, port: int = 0) -> AsyncIterator[Backend]:
    """Open a replica with the role `api`, and wait until it follows changes of accounts."""
    assert settings.database_url is not None
    async with (
        open_database(settings, settings.database_url) as database,
        open_broker(settings, InProcessBroker()) as broker,
    ):
        backend = Backend(settings, database, broker, roles=frozenset({BackendRole.API}))
        with backend.context.passes.watch(AccountsFollowed) as followed:
            async with open_backend(backend, host="127.0.0.1", port=port, is_local=False):
                await followed.next()
                yield backend


async def status(backend: Backend, token: str, path: str = "/api/auth/me") -> int:
    """Return the status of a request with a token."""
    async with httpx.AsyncClient(base_url=backend.url) as client:
        return (await client.get(path, headers={"Authorization": f"Bearer {token}"})).status_code
