"""One running backend with a worker, the people who use it, and the ways to send it anything."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from backend.accounts import sessions
from backend.accounts.passwords import hash_password
from backend.accounts.users import insert_user
from backend.loop_watchdog import BLOCKED_SECONDS
from backend.worker.secrets import Secrets
from shared.enums import Role
from shared.models.auth import TokenPair
from tests.backend.test_held_loop import watching
from tests.machine_speed import slowness
from tests.system import System, open_system

PASSWORD = "a password for tests"
SECRET = "hunter2/and more"
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    user_id: int
    name: str
    pair: TokenPair

    @property
    def token(self) -> str:
        return self.pair.access_token


@dataclass
class Target:
    """What is attacked. `stranger` sends no token, unless it is told which."""

    system: System
    stranger: httpx.AsyncClient
    password_hash: str
    people: dict[Role, Person] = field(default_factory=dict)
    slow: dict[str, "asyncio.Task[bytes]"] = field(default_factory=dict)
    """Attacks that wait for a limit of time; they begin with the target, and others run at the same time."""

    @property
    def port(self) -> int:
        port = httpx.URL(self.system.backend.url).port
        assert port is not None
        return port

    async def send(
        self,
        method: str,
        path: str,
        *,
        by: Role | Person | str | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """Send a request by a role, a person, or with a token."""
        token = self.people[by].token if isinstance(by, Role) else by.token if isinstance(by, Person) else by
        authorization = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.stranger.request(method, path, headers={**authorization, **(headers or {})}, **more)

    async def new_person(self, role: Role = Role.VIEWER) -> Person:
        """Create an account for one attack, with a session; without the two hashes that this costs by the API."""
        name = f"{role}-{next(_NUMBERS)}"
        backend = self.system.backend
        async with backend.context.database.transaction() as connection:
            made = await insert_user(connection, name, password_hash=self.password_hash, role=role)
            assert made is not None
            session = await sessions.start(
                connection, made.user.id, generation=made.generation, lifetime=timedelta(days=1)
            )
        return Person(made.user.id, name, await backend.identities.token_pair(session))

    async def sign_in(self, name: str, password: str = PASSWORD) -> TokenPair:
        answer = await self.send("POST", "/api/auth/login", json={"username": name, "password": password})
        assert answer.status_code == 200, answer.text
        return TokenPair.model_validate(answer.json()["data"])

    async def raw(self, sent: bytes, *, seconds: float = 10) -> bytes:
        """Send bytes as they are, and return everything until the server closes the connection."""
        return await self._exchange(sent, seconds=seconds, is_enough=lambda _: False)

    async def raw_answer(self, sent: bytes) -> bytes:
        """Send bytes as they are, and return the beginning of the answer, at least its first line."""
        return await self._exchange(sent, seconds=10, is_enough=lambda said: b"\r\n" in said)

    async def _exchange(self, sent: bytes, *, seconds: float, is_enough: Callable[[bytes], bool]) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        said = b""
        try:
            writer.write(sent)
            async with asyncio.timeout(seconds):
                while piece := await reader.read(65_536):
                    said += piece
                    if is_enough(said):
                        break
        except ConnectionResetError:
            pass  # what was sent after the answer is not read
        finally:
            writer.transport.abort()
        return said


def refused(answer: httpx.Response, *statuses: int, code: str | None = None) -> dict[str, Any]:
    """Check that an answer is a refusal as clients know it, and return it."""
    assert answer.status_code in statuses, f"{answer.request.method} {answer.request.url}: {answer.text[:300]}"
    assert answer.headers["content-type"] == "application/problem+json", answer.headers
    assert "Traceback" not in answer.text
    found: dict[str, Any] = answer.json()
    assert code is None or found["code"] == code, answer.text
    return found


def statuses(answers: list[httpx.Response]) -> set[int]:
    return {answer.status_code for answer in answers}


@asynccontextmanager
async def open_target(database_url: str, folder: Path, **settings: Any) -> AsyncIterator[Target]:
    """Open a backend with an in-process worker, and a viewer, an operator and an administrator."""
    usual: dict[str, Any] = {"login_attempts_per_minute": 10_000}
    async with open_system(database_url, None, folder, **usual | settings) as system:
        await system.add_worker(slots=8, secrets=Secrets({"API": SECRET}))
        async with httpx.AsyncClient(base_url=system.backend.url, timeout=30) as stranger:
            target = Target(system, stranger, await hash_password(PASSWORD))
            for role in Role:
                target.people[role] = await target.new_person(role)
            try:
                yield target
            finally:
                for task in target.slow.values():
                    task.cancel()
                await asyncio.gather(*target.slow.values(), return_exceptions=True)


@asynccontextmanager
async def free_loop() -> AsyncIterator[None]:
    """Check that the block holds the loop of backend and worker, which is this one, for no longer than is noticed."""
    async with watching() as watchdog:
        yield
    assert watchdog.lag.greatest_seconds < BLOCKED_SECONDS * slowness(), watchdog.lag
