"""The signing key is replaced by a command, without a restart of any replica."""

from collections.abc import AsyncIterator

import jwt
import pytest
from sqlalchemy import text

from backend.accounts.announcements import KeysAnnounced
from backend.accounts.key_rotation import rotate
from backend.accounts.login import login, refresh
from backend.accounts.users import create_user
from backend.app import Backend
from backend.context import Actor
from shared.models.auth import TokenPair, UserCreate
from tests.backend.accounts.replicas import open_replica, status
from tests.system import System

ADMIN = Actor(0, "admin")
PASSWORD = "a long password"


@pytest.fixture
async def other(system: System) -> AsyncIterator[Backend]:
    async with open_replica(system.settings) as backend:
        yield backend


async def sign_in(system: System) -> TokenPair:
    await create_user(system.backend.context, UserCreate(username="eve", password=PASSWORD), actor=ADMIN)
    return await login(system.backend.context, system.backend.identities, "eve", PASSWORD)


def key_of(pair: TokenPair) -> str:
    return str(jwt.get_unverified_header(pair.access_token)["kid"])


async def rotate_on(system: System, other: Backend, *, revoke: bool) -> str:
    """Rotate on one replica by its API, and return when the other one knows."""
    with other.context.passes.watch(KeysAnnounced) as announced:
        answer = await system.http.post("/api/signing-keys/rotate", json={"revoke": revoke})
        assert answer.status_code == 201, answer.text
        await announced.next()
    made: str = answer.json()["data"]["id"]
    return made


async def test_former_tokens_are_valid_and_every_replica_signs_with_the_new_key(system: System, other: Backend) -> None:
    before = await sign_in(system)
    new = await rotate_on(system, other, revoke=False)
    assert key_of(before) != new
    for backend in (system.backend, other):
        assert await status(backend, before.access_token) == 200
    renewed = await refresh(other.context, other.identities, before.refresh_token)
    assert key_of(renewed) == new
    assert await status(system.backend, renewed.access_token) == 200
    listed = (await system.http.get("/api/signing-keys")).json()["data"]
    assert [(key["id"], key["verifies_until"] is None) for key in listed] == [(new, True), (key_of(before), False)]
    assert "secret" not in listed[0]


async def test_a_key_that_was_stolen_is_void_at_once(system: System, other: Backend) -> None:
    before = await sign_in(system)
    for backend in (system.backend, other):
        assert await status(backend, before.access_token) == 200
    await rotate_on(system, other, revoke=True)
    for backend in (system.backend, other):
        assert await status(backend, before.access_token) == 401
    renewed = await refresh(other.context, other.identities, before.refresh_token)
    assert await status(system.backend, renewed.access_token) == 200


async def test_a_former_key_verifies_nothing_after_its_tokens_have_expired(system: System) -> None:
    before = await sign_in(system)
    await rotate(system.backend.context, system.backend.identities, revoke=False, actor=ADMIN)
    assert await status(system.backend, before.access_token) == 200
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(text("update signing_keys set verifies_until = now() where verifies_until > now()"))
    system.backend.identities.keys.forget()
    assert await status(system.backend, before.access_token) == 401


async def test_only_an_administrator_rotates(system: System) -> None:
    pair = await sign_in(system)
    headers = {"Authorization": f"Bearer {pair.access_token}"}
    assert (await system.http.post("/api/signing-keys/rotate", json={}, headers=headers)).status_code == 403
    assert (await system.http.get("/api/signing-keys", headers=headers)).status_code == 403
