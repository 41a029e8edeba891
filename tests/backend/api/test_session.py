"""A login whose access token expires is renewed, once, by however many clients share it."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

import pytest

from shared.client import TaskdeckClient
from shared.client.session import LoginAuth
from shared.errors import UnauthorizedError
from shared.models.auth import TokenPair
from tests.system import System


@dataclass
class SharedStore:
    """A store in memory, as processes share a file."""

    pair: TokenPair
    saved: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def exclusive(self) -> AbstractAsyncContextManager[object]:
        return self.lock

    def load(self) -> TokenPair:
        return self.pair

    def save(self, pair: TokenPair) -> None:
        self.pair = pair
        self.saved += 1


async def signed_in(system: System) -> TokenPair:
    account = {"username": "ann", "password": "correct horse battery", "role": "viewer"}
    assert (await system.http.post("/api/users", json=account)).status_code == 201
    return await system.client.login(account["username"], account["password"])


async def test_an_expired_access_token_is_renewed_silently(system: System) -> None:
    pair = await signed_in(system)
    renewed: list[TokenPair] = []
    stale = pair.model_copy(update={"access_token": "expired"})
    async with TaskdeckClient(system.backend.url, auth=LoginAuth(stale, on_renewed=renewed.append)) as client:
        await client.list_tasks()
        await client.list_tasks()
    assert len(renewed) == 1


async def test_clients_that_share_a_login_renew_it_once(system: System) -> None:
    pair = await signed_in(system)
    stale = pair.model_copy(update={"access_token": "expired"})
    store = SharedStore(stale)

    async def ask() -> None:
        async with TaskdeckClient(system.backend.url, auth=LoginAuth(stale, store=store)) as client:
            await client.list_tasks()

    await asyncio.gather(*(ask() for _ in range(5)))
    assert store.saved == 1


async def test_a_login_that_was_ended_asks_to_sign_in(system: System) -> None:
    pair = TokenPair(access_token="expired", refresh_token="unknown", expires_in=1)
    async with TaskdeckClient(system.backend.url, auth=LoginAuth(pair)) as client:
        with pytest.raises(UnauthorizedError):
            await client.list_tasks()
