"""Races between replicas, and what one of them learns late."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from backend.accounts.announcements import AccountAnnounced, KeysAnnounced
from backend.app import Backend
from shared.enums import Role
from shared.models.auth import TokenPair
from tests.attacks.servers import Servers
from tests.attacks.table import Actor, Attacks
from tests.attacks.target import PASSWORD, Person, Target, open_target, refused
from tests.backend.accounts.replicas import open_replica, status

REPLICAS = Attacks["Pair"]()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two replicas on one database."""

    target: Target
    other: Backend

    async def ends_on_the_other(self, person: Person, method: str, path: str, **more: object) -> None:
        """Send a change to the first replica, and check that the second one refuses the person from then on."""
        assert await status(self.other, person.token) == 200
        with self.other.context.passes.watch(AccountAnnounced) as announced:
            answer = await self.target.send(method, path, **more)  # type: ignore[arg-type]
            assert answer.is_success, answer.text
            await announced.next(lambda one: one.user_id == person.user_id)
        assert await status(self.other, person.token) == 401


@asynccontextmanager
async def two_replicas(servers: Servers) -> AsyncIterator[Pair]:
    async with (
        servers.database() as url,
        open_target(url, servers.folder) as target,
        open_replica(target.system.settings) as other,
    ):
        yield Pair(target, other)


async def renew(url: str, refresh_token: str) -> TokenPair | None:
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.post("/api/auth/refresh", json={"refresh_token": refresh_token})
    return TokenPair.model_validate(answer.json()["data"]) if answer.is_success else None


@REPLICAS.attack(Actor.ADMINISTRATOR, "goes to another replica after the role was taken away", gets="401 at once")
async def role(pair: Pair) -> None:
    person = await pair.target.new_person(Role.ADMIN)
    path = f"/api/users/{person.user_id}"
    await pair.ends_on_the_other(person, "PATCH", path, by=Role.ADMIN, json={"role": "viewer"})


@REPLICAS.attack(Actor.VIEWER, "goes to another replica after the password was changed", gets="401 at once")
async def password(pair: Pair) -> None:
    person = await pair.target.new_person()
    change = {"password": f"{PASSWORD}, another one"}
    await pair.ends_on_the_other(person, "PATCH", f"/api/users/{person.user_id}", by=Role.ADMIN, json=change)


@REPLICAS.attack(Actor.OPERATOR, "goes to another replica after the account was deleted", gets="401 at once")
async def deleted(pair: Pair) -> None:
    person = await pair.target.new_person(Role.OPERATOR)
    await pair.ends_on_the_other(person, "DELETE", f"/api/users/{person.user_id}", by=Role.ADMIN)


@REPLICAS.attack(
    Actor.STRANGER, "goes to another replica with the token of somebody who signed out", gets="401 at once"
)
async def signed_out(pair: Pair) -> None:
    person = await pair.target.new_person()
    body = {"refresh_token": person.pair.refresh_token}
    await pair.ends_on_the_other(person, "POST", "/api/auth/logout", json=body)


@REPLICAS.attack(Actor.STRANGER, "uses a stolen refresh token on two replicas at once", gets="nothing that lasts")
async def refresh_race(pair: Pair) -> None:
    urls = (pair.target.system.backend.url, pair.other.url)
    for _ in range(3):
        person = await pair.target.new_person()
        uses = await asyncio.gather(*(renew(url, person.pair.refresh_token) for url in urls * 2))
        won = [one for one in uses if one is not None]
        assert len(won) <= 1
        for one in won:
            assert await renew(urls[1], one.refresh_token) is None
            refused(await pair.target.send("GET", "/api/auth/me", by=one.access_token), 401)


@REPLICAS.attack(
    Actor.ADMINISTRATOR,
    "demotes another administrator while that one demotes the first",
    gets="one administrator is left",
)
async def mutual(pair: Pair) -> None:
    first, second = await pair.target.new_person(Role.ADMIN), await pair.target.new_person(Role.ADMIN)
    (users,) = [(await pair.target.send("GET", "/api/users", by=first)).json()["data"]]
    for user in users:
        if user["role"] == "admin" and user["id"] not in (first.user_id, second.user_id):
            changed = await pair.target.send("PATCH", f"/api/users/{user['id']}", by=first, json={"role": "viewer"})
            assert changed.status_code == 200
    async with httpx.AsyncClient(base_url=pair.other.url) as elsewhere:
        headers = {"Authorization": f"Bearer {second.token}"}
        answers = await asyncio.gather(
            pair.target.send("PATCH", f"/api/users/{second.user_id}", by=first, json={"role": "viewer"}),
            elsewhere.patch(f"/api/users/{first.user_id}", json={"role": "viewer"}, headers=headers),
        )
        left = [await status(pair.other, one.token, "/api/users") for one in (first, second)]
    assert sorted(left) == [200, 401], (left, [answer.status_code for answer in answers])


@REPLICAS.attack(
    Actor.STRANGER, "signs tokens with a key that was replaced", gets="401 on every replica, from the rotation on"
)
async def replaced_key(pair: Pair) -> None:
    person = await pair.target.new_person()
    assert await status(pair.other, person.token) == 200
    with pair.other.context.passes.watch(KeysAnnounced) as announced:
        local = pair.target.system.token
        rotated = await pair.target.send("POST", "/api/signing-keys/rotate", by=local, json={"revoke": True})
        if rotated.status_code == 401:  # the account of the machine was demoted by another attack
            admin = await pair.target.new_person(Role.ADMIN)
            rotated = await pair.target.send("POST", "/api/signing-keys/rotate", by=admin, json={"revoke": True})
        assert rotated.status_code == 201, rotated.text
        await announced.next()
    assert await status(pair.other, person.token) == 401
    refused(await pair.target.send("GET", "/api/auth/me", by=person), 401)
