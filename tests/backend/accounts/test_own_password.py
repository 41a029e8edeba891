"""Users change their own passwords, which ends everything that was signed in with the former one."""

import asyncio

import pytest

from backend.accounts.users import create_user
from backend.context import Actor
from shared.client import TaskdeckClient
from shared.client.session import LoginAuth
from shared.enums import Role, Scope
from shared.errors import TaskdeckError, UnauthorizedError
from shared.models.auth import TokenPair, UserCreate
from tests.backend.accounts.replicas import open_replica, status
from tests.system import System

PASSWORD, NEW = "a long password", "another long password"


@pytest.fixture(params=[Role.MEMBER, Role.VIEWER])
async def pair(system: System, request: pytest.FixtureRequest) -> TokenPair:
    new = UserCreate(username="ann", password=PASSWORD, role=request.param)
    await create_user(system.backend.context, new, actor=Actor(0, "admin"))
    return await system.client.login("ann", PASSWORD)


async def change(system: System, pair: TokenPair, current: str, new: str) -> tuple[int, dict[str, object]]:
    answer = await system.http.post(
        "/api/auth/password",
        json={"current_password": current, "new_password": new},
        headers={"Authorization": f"Bearer {pair.access_token}"},
    )
    assert current not in answer.text
    return answer.status_code, answer.json()


async def test_the_client_goes_on_and_everything_else_ends_on_every_replica(system: System, pair: TokenPair) -> None:
    kept: list[TokenPair] = []
    other = await system.client.login("ann", PASSWORD)
    async with (
        open_replica(system.settings) as replica,
        TaskdeckClient(system.backend.url, auth=LoginAuth(pair, on_renewed=kept.append)) as client,
    ):
        made = await client.request("POST", "/api/tokens", json={"name": "script", "scope": Scope.READ})
        assert await status(replica, other.access_token) == 200
        await client.change_password(PASSWORD, NEW)
        assert (await client.me()).username == "ann"
        assert len(kept) == 1, "it is stored"
        for backend in (system.backend, replica):
            assert await status(backend, kept[0].access_token) == 200
            for token in (pair.access_token, other.access_token, made["data"]["token"]):
                assert await status(backend, token) == 401
    with pytest.raises(UnauthorizedError):
        await system.client.login("ann", PASSWORD)
    assert await system.client.login("ann", NEW)
    entry = (await system.http.get("/api/audit?action=user.update")).json()["data"][0]
    assert (entry["actor"], entry["object_name"], entry["detail"]) == ("ann", "ann", {"changed": ["password"]})


async def test_a_wrong_password_changes_nothing_and_keeps_the_session(system: System, pair: TokenPair) -> None:
    code, body = await change(system, pair, "not the password", NEW)
    assert (code, body["detail"]) == (422, "current_password: is wrong")
    code, body = await change(system, pair, PASSWORD, "short")
    assert (code, body["errors"][0]["field"]) == (422, "new_password")  # type: ignore[index]
    assert await status(system.backend, pair.access_token) == 200
    assert await system.client.login("ann", PASSWORD)


async def test_guesses_are_limited_as_those_of_sign_ins_are(system: System, pair: TokenPair) -> None:
    for _ in range(4):  # the sign-in was the first of five attempts
        assert (await change(system, pair, "a guess", NEW))[0] == 422
    assert (await change(system, pair, PASSWORD, NEW))[0] == 429


async def test_of_two_changes_at_once_one_counts(system: System, pair: TokenPair) -> None:
    answers = await asyncio.gather(*(change(system, pair, PASSWORD, f"{NEW} {number}") for number in range(2)))
    codes = sorted(code for code, _ in answers)
    assert codes[0] == 200
    assert codes[1] in (401, 409, 422)


async def test_a_user_without_a_password_is_told_so(system: System) -> None:
    with pytest.raises(TaskdeckError, match="local has no password"):
        await system.client.change_password(PASSWORD, NEW)
