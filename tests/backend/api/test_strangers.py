"""What anybody may send without a token costs next to nothing."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from backend.api.shared_answer import SharedAnswer
from shared.errors import DatabaseUnavailableError
from tests.system import System


@contextmanager
def statements(containing: str) -> Iterator[list[str]]:
    """Yield the statements with these words that are executed in the block."""
    found: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if containing in statement:
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", record)


async def test_a_flood_of_probes_and_scrapes_reads_the_database_once(system: System) -> None:
    for path, words in (("/ready", "alembic_version"), ("/metrics", "from metric_counts")):
        with statements(words) as found:
            answers = await asyncio.gather(*(system.http.get(path) for _ in range(50)))
        assert {answer.status_code for answer in answers} == {200}
        assert 1 <= len(found) <= 8, f"{path}: {len(found)} statements"


class Made:
    """An answer that is made when the test lets it be, at times of the test's clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.times = 0
        self.begun = asyncio.Event()
        self.ready = asyncio.Event()
        self.error: DatabaseUnavailableError | None = None
        self.shared = SharedAnswer(self._make, kept_seconds=1, clock=lambda: self.now)

    async def _make(self) -> int:
        self.times += 1
        self.begun.set()
        await self.ready.wait()
        if self.error is not None:
            raise self.error
        return self.times


async def test_an_answer_is_made_once_for_everybody_until_it_is_old() -> None:
    made = Made()
    asking = [asyncio.create_task(made.shared.get()) for _ in range(20)]
    await made.begun.wait()
    made.ready.set()
    assert await asyncio.gather(*asking) == [1] * 20
    made.now = 0.9
    assert await made.shared.get() == 1
    made.now = 1.0
    assert await made.shared.get() == 2


async def test_a_client_that_goes_away_while_its_answer_is_made_takes_nobody_along() -> None:
    made = Made()
    asking = [asyncio.create_task(made.shared.get()) for _ in range(3)]
    await made.begun.wait()
    asking[0].cancel()
    made.ready.set()
    assert await asyncio.gather(*asking[1:]) == [2, 2]


async def test_an_error_is_shared_too() -> None:
    made = Made()
    made.ready.set()
    made.error = DatabaseUnavailableError("away")
    for _ in range(3):
        with pytest.raises(DatabaseUnavailableError):
            await made.shared.get()
    assert made.times == 1
    made.error, made.now = None, 1.0
    assert await made.shared.get() == 2


async def test_a_large_body_of_a_stranger_is_refused_unread(system: System) -> None:
    port = httpx.URL(system.backend.url).port
    for headers in (
        b"Content-Length: 900000",
        b"Transfer-Encoding: chunked",
        b"Authorization: Bearer tdk_forged\r\nContent-Length: 900000",
        b"Authorization: Basic YWRtaW46\r\nContent-Length: 900000",
        b"Authorization: Bearer\r\nContent-Length: 900000",
    ):
        for path in (b"/api/tasks", b"/api/tasks/apply", b"/api/runs/batch", b"/api/nothing"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST " + path + b" HTTP/1.1\r\nHost: a\r\n" + headers + b"\r\n\r\n")
            async with asyncio.timeout(30):
                assert await reader.readline() == b"HTTP/1.1 401 Unauthorized\r\n", headers
            writer.close()


async def test_what_is_sent_before_a_sign_in_is_small(system: System) -> None:
    large = await system.http.post("/api/auth/login", json={"username": "a", "password": "x" * 20_000})
    assert large.status_code == 413
    assert "16 KiB" in large.json()["detail"]
    errors = '{"username": "\\u0000", "password": "", ' + ",".join(f'"{n}": 1' for n in range(1500)) + "}"
    many = await system.http.post("/api/auth/login", content=errors, headers={"Content-Type": "application/json"})
    assert many.status_code == 422
    assert len(many.json()["errors"]) <= 100
    assert len(many.content) < 20_000


async def test_an_address_of_parameters_that_are_wrong_gets_a_short_answer(system: System) -> None:
    unknown = "&".join(f"{number:x}" for number in range(6000))
    unstorable = "&".join(["q=%00"] * 4000)
    for address in (f"/health?{unknown}", f"/api/tasks?{unknown}", f"/api/tasks?{unstorable}"):
        answer = await system.http.get(address, headers={"Authorization": ""})
        assert answer.status_code == 422
        assert len(answer.json()["errors"]) == 100
        assert len(answer.content) < len(address)
