"""The first administrator: who else becomes one while there is none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import text

from backend.accounts.refusals import RefusalsStored
from backend.accounts.setup import ensure_admin, new_setup_token
from backend.app import Backend
from backend.first_administrator import read_password, setup_link
from backend.settings import Settings
from shared.errors import StartupError
from tests.attacks.servers import Servers
from tests.attacks.table import Actor, Attacks
from tests.attacks.target import PASSWORD, refused
from tests.backend.accounts.replicas import open_replica, status

FIRST_START = Attacks["FirstStart"]()
_SETUP = "/api/auth/setup"


@dataclass(frozen=True, slots=True)
class FirstStart:
    """A backend without any account."""

    backend: Backend
    browser: httpx.AsyncClient
    folder: Path

    async def set_up(self, token: str, name: str = "eve", password: str = PASSWORD, **headers: str) -> httpx.Response:
        body = {"setup_token": token, "username": name, "password": password}
        return await self.browser.post(_SETUP, json=body, headers=headers)

    async def link(self) -> str:
        token = await new_setup_token(self.backend.context)
        assert token is not None
        return token


@asynccontextmanager
async def first_start(servers: Servers) -> AsyncIterator[FirstStart]:
    async with (
        servers.database() as url,
        open_replica(Settings(database_url=url, login_attempts_per_minute=1000)) as backend,
        httpx.AsyncClient(base_url=backend.url) as browser,
    ):
        yield FirstStart(backend, browser, servers.folder)


@FIRST_START.attack(
    Actor.STRANGER, "sets up with a guess, before the administrator does", gets="403, and an entry of the audit log"
)
async def guessed(start: FirstStart) -> None:
    with start.backend.context.passes.watch(RefusalsStored) as stored:
        for token in ("", "guess", "' or 1=1 --", "x" * 200):
            refused(await start.set_up(token), 403)
        await stored.next()
    async with start.backend.context.database.transaction() as connection:
        found = await connection.execute(text("select count(*) from audit_log where action = 'auth.refused'"))
        assert found.scalar_one() >= 1


@FIRST_START.attack(
    Actor.STRANGER,
    "reads the link over the Host header that they chose",
    gets="a link that the request does not change",
)
async def host_of_the_link(start: FirstStart) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    page = await start.browser.get("/setup?token=abc", headers=headers)
    assert page.status_code == 200
    assert "evil" not in page.text
    assert "abc" not in page.text
    link = setup_link("t", listens_on=start.backend.url, public_url=None, hostname="here")
    assert link.startswith("http://127.0.0.1:")


@FIRST_START.attack(Actor.STRANGER, "uses a link that is older than an hour", gets="403")
async def old_link(start: FirstStart) -> None:
    token = await start.link()
    async with start.backend.context.database.transaction() as connection:
        await connection.execute(text("update setup_tokens set created_at = created_at - interval '61 minutes'"))
    refused(await start.set_up(token), 403)


@FIRST_START.attack(
    Actor.LOCAL_USER, "waits for an empty or unreadable password file", gets="a backend that does not start"
)
async def empty_password_file(start: FirstStart) -> None:
    file = start.folder / "password"
    for content in (b"", b" \n", b"short", b"\xff" * 12):
        file.write_bytes(content)
        try:
            read_password(file)
        except StartupError:
            continue
        raise AssertionError(f"{content!r} was taken for a password")


@FIRST_START.attack(Actor.STRANGER, "sets up a weak password, or a name with markup, with a real link", gets="422")
async def weak(start: FirstStart) -> None:
    token = await start.link()
    for name, password in (("eve", ""), ("eve", "short"), ("<b>", PASSWORD), ("", PASSWORD), ("a b", PASSWORD)):
        refused(await start.set_up(token, name, password), 422)


@FIRST_START.attack(
    Actor.STRANGER,
    "uses links at the same moment as their owner, and again",
    gets="one administrator; 403 from then on",
)
async def race(start: FirstStart) -> None:
    tokens = [await start.link() for _ in range(4)]
    answers = await asyncio.gather(*(start.set_up(token, f"user{number}") for number, token in enumerate(tokens)))
    made = [answer for answer in answers if answer.is_success]
    assert len(made) == 1
    assert await status(start.backend, made[0].json()["data"]["access_token"], "/api/users") == 200
    for token in tokens:
        refused(await start.set_up(token), 403)
    assert await new_setup_token(start.backend.context) is None


@FIRST_START.attack(Actor.STRANGER, "uses a link from an old log after a start with a password file", gets="403")
async def link_from_a_log(start: FirstStart) -> None:
    async with start.backend.context.database.transaction() as connection:
        await connection.execute(text("delete from users"))
    token = await start.link()
    await ensure_admin(start.backend.context, PASSWORD)
    refused(await start.set_up(token), 403)
