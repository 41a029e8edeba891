"""Guessing and flooding, against a backend with the limits of a real one. Each attack has an address of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count

import httpx

from shared.enums import Role
from tests.attacks.servers import Servers
from tests.attacks.table import Actor, Attacks
from tests.attacks.target import PASSWORD, Target, open_target, refused, statuses

LIMITS = Attacks[Target]()
ATTEMPTS = 5
STREAMS = 2
REQUESTS = 60
_LOGIN = "/api/auth/login"
_HOSTS = count(2)


@asynccontextmanager
async def limited(servers: Servers) -> AsyncIterator[Target]:
    """Open a backend with few sign-ins, streams and requests."""
    limits = {
        "login_attempts_per_minute": ATTEMPTS,
        "streams_per_user": STREAMS,
        "requests_per_minute": REQUESTS,
    }
    async with servers.database() as url, open_target(url, servers.folder, **limits) as target:
        yield target


@asynccontextmanager
async def machine(target: Target) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client with an address of its own: all of 127.0.0.0/8 is this machine."""
    transport = httpx.AsyncHTTPTransport(local_address=f"127.0.0.{next(_HOSTS)}")
    async with httpx.AsyncClient(base_url=target.system.backend.url, transport=transport, timeout=30) as client:
        yield client


@LIMITS.attack(
    Actor.STRANGER, "guesses passwords from one address, for many names", gets="429 after five, and no name is delayed"
)
async def one_address(target: Target) -> None:
    async with machine(target) as attacker, machine(target) as owner:
        bodies = [{"username": f"name-{number}", "password": "guess"} for number in range(ATTEMPTS * 2)]
        answers = [await attacker.post(_LOGIN, json=body) for body in bodies]
        assert [answer.status_code for answer in answers] == [401] * ATTEMPTS + [429] * ATTEMPTS
        assert answers[-1].headers["Retry-After"]
        refused(answers[-1], 429)
        right = {"username": target.people[Role.VIEWER].name, "password": PASSWORD}
        assert (await owner.post(_LOGIN, json=right)).status_code == 200


@LIMITS.attack(Actor.STRANGER, "names another address in X-Forwarded-For with each guess", gets="429 all the same")
async def forwarded(target: Target) -> None:
    async with machine(target) as attacker:
        names = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP")
        answers = []
        for number, name in enumerate((*names, *names)):
            body = {"username": f"forwarded-{number}", "password": "guess"}
            headers = {name: f"for=198.51.100.{number}" if name == "Forwarded" else f"198.51.100.{number}"}
            answers.append(await attacker.post(_LOGIN, json=body, headers=headers))
        assert [answer.status_code for answer in answers] == [401] * ATTEMPTS + [429] * (12 - ATTEMPTS)


@LIMITS.attack(
    Actor.STRANGER, "floods one name from other addresses, to lock its owner out", gets="a delay; the owner signs in"
)
async def locked_out(target: Target) -> None:
    name = (await target.new_person()).name
    async with machine(target) as first, machine(target) as second, machine(target) as owner:
        guesses = [
            one.post(_LOGIN, json={"username": name, "password": "guess"})
            for one in (first, first, first, second, second)
        ]
        assert statuses(list(await asyncio.gather(*guesses))) == {401}
        async with asyncio.timeout(12):
            signed_in = await owner.post(_LOGIN, json={"username": name, "password": PASSWORD})
        assert signed_in.status_code == 200, signed_in.text


@LIMITS.attack(
    Actor.STRANGER, "guesses a password from fifty addresses at the same moment", gets="four are checked, others wait"
)
async def at_once(target: Target) -> None:
    name = (await target.new_person()).name
    guesses = 50
    async with AsyncExitStack() as stack:
        machines = [await stack.enter_async_context(machine(target)) for _ in range(guesses)]
        sent = [asyncio.create_task(one.post(_LOGIN, json={"username": name, "password": "guess"})) for one in machines]
        checked, waiting = await asyncio.wait(sent, timeout=0.4)  # the first delay is 0.5 s
        assert len(checked) <= 4
        for guess in waiting:
            guess.cancel()
        await asyncio.wait(sent)


@LIMITS.attack(Actor.STRANGER, "guesses setup tokens", gets="429 after five")
async def setup_tokens(target: Target) -> None:
    async with machine(target) as attacker:
        body = {"setup_token": "guess", "username": "eve", "password": PASSWORD}
        answers = [await attacker.post("/api/auth/setup", json=body) for _ in range(ATTEMPTS + 1)]
        assert [answer.status_code for answer in answers] == [403] * ATTEMPTS + [429]


@LIMITS.attack(
    Actor.STRANGER, "guesses a password with a token that was stolen", gets="422, then 429; the password stays"
)
async def own_password(target: Target) -> None:
    person = await target.new_person()
    headers = {"Authorization": f"Bearer {person.token}"}
    async with machine(target) as attacker:
        for number in range(ATTEMPTS + 1):
            body = {"current_password": f"guess {number}", "new_password": "a password of the attacker's"}
            answer = await attacker.post("/api/auth/password", json=body, headers=headers)
            refused(answer, 422 if number < ATTEMPTS else 429)
    assert (await target.send("GET", "/api/auth/me", by=person)).status_code == 200


@LIMITS.attack(Actor.STRANGER, "guesses tokens, refresh tokens too", gets="429 after 300; who has one goes on")
async def guessed_tokens(target: Target) -> None:
    async with machine(target) as attacker:
        viewer = {"Authorization": f"Bearer {target.people[Role.VIEWER].token}"}
        assert (await attacker.get("/api/auth/me", headers=viewer)).status_code == 200
        guess = {"Authorization": "Bearer tdk_guess"}
        for _ in range(6):
            answers = await asyncio.gather(*(attacker.get("/api/auth/me", headers=guess) for _ in range(50)))
            assert statuses(list(answers)) == {401}
        refused(await attacker.get("/api/auth/me", headers=guess), 429)
        refused(await attacker.post("/api/auth/refresh", json={"refresh_token": "guess"}), 429)
        refused(await attacker.post("/api/auth/logout", json={"refresh_token": "guess"}), 429)
        assert (await attacker.get("/api/auth/me", headers=viewer)).status_code == 200


@LIMITS.attack(Actor.VIEWER, "sends requests without end", gets="429, and others are served")
async def many_requests(target: Target) -> None:
    person = await target.new_person()
    # More than two minutes allow, since the next minute may begin during them.
    sent = 2 * REQUESTS + 1
    answers = await asyncio.gather(*(target.send("GET", "/api/auth/me", by=person) for _ in range(sent)))
    assert [answer.status_code for answer in answers].count(429) >= 1
    assert (await target.send("GET", "/api/auth/me", by=Role.OPERATOR)).status_code == 200


@LIMITS.attack(Actor.VIEWER, "opens streams without end", gets="429 for the third, of followed logs too")
async def many_streams(target: Target) -> None:
    person = await target.new_person()
    run = await target.system.client.trigger_task(await target.system.create("followed", command="true"))
    headers = {"Authorization": f"Bearer {person.token}"}
    path = "/api/stream?topics=tasks"
    async with target.stranger.stream("GET", path, headers=headers) as first:
        assert first.status_code == 200
        async with target.stranger.stream("GET", path, headers=headers) as second:
            assert second.status_code == 200
            for place in (path, f"/api/runs/{run.id}/logs/follow"):
                refused(await target.send("GET", place, by=person), 429)
            async with target.stranger.stream(
                "GET", path, headers={"Authorization": f"Bearer {target.people[Role.ADMIN].token}"}
            ) as other:
                assert other.status_code == 200


@LIMITS.attack(
    Actor.STRANGER,
    "probes /health, /ready and /metrics without end, to load the database",
    gets="answers that are made once a second",
)
async def many_probes(target: Target) -> None:
    from tests.backend.api.test_strangers import statements

    for path, words in (("/ready", "alembic_version"), ("/metrics", "oldest"), ("/health", "select")):
        with statements(words) as found:
            answers = await asyncio.gather(*(target.send("GET", path) for _ in range(60)))
        assert statuses(list(answers)) == {200}
        assert path == "/health" or len(found) <= 8, (path, len(found))
