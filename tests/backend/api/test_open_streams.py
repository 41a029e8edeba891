"""Streams: a user has a bounded number of them, and they end with their token."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from backend.runs.log_followers import LogFollowers
from backend.runs.logs import LogIntake
from shared.client import StreamEvent, StreamOpened, TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import StreamTopic
from shared.errors import RateLimitedError, UnauthorizedError
from tests.backend.api.answers import create
from tests.system import System, open_system


@pytest.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[System]:
    """A system in which each user may have two streams."""
    async with open_system(database_url, None, tmp_path, streams_per_user=2) as opened:
        yield opened


async def new_token(system: System) -> tuple[int, str]:
    made = (await system.http.post("/api/tokens", json={"name": "wall"})).json()["data"]
    return made["id"], made["token"]


async def test_a_user_has_a_bounded_number_of_streams(small: System) -> None:
    async with asyncio.timeout(60):
        streams = [small.client.stream([StreamTopic.TASKS]) for _ in range(3)]
        for one in streams[:2]:
            assert isinstance(await anext(one), StreamOpened)
        with pytest.raises(RateLimitedError, match="2 streams and followed logs open"):
            await anext(streams[2])
        run = await small.client.trigger_task(await small.create("quiet", command="true"))
        refused = await small.http.get(f"/api/runs/{run.id}/logs/follow")
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")

        await streams[0].aclose()
        assert isinstance(await anext(streams[1]), StreamEvent), "the other one goes on"
        again = await until_admitted(small)
        assert isinstance(again, StreamOpened)
        await streams[1].aclose()


async def until_admitted(system: System) -> object:
    """Return the first item of a stream, once the place of one that was closed is free."""
    while True:
        stream = system.client.stream([StreamTopic.TASKS])
        try:
            return await anext(stream)
        except RateLimitedError:
            await create(system, name="something happens")  # the closed stream is noticed when it is sent to
        finally:
            await stream.aclose()


async def test_a_stream_ends_when_its_token_is_revoked(system: System) -> None:
    token_id, token = await new_token(system)
    async with asyncio.timeout(60), TaskdeckClient(system.backend.url, auth=TokenAuth(token)) as client:
        stream = client.stream([StreamTopic.TASKS])
        assert isinstance(await anext(stream), StreamOpened)
        await create(system, name="before")
        assert isinstance(await anext(stream), StreamEvent)
        await system.http.delete(f"/api/tokens/{token_id}")
        with pytest.raises(UnauthorizedError):
            await anext(stream)


async def test_a_followed_log_ends_when_its_token_is_revoked(system: System) -> None:
    token_id, token = await new_token(system)
    run = await system.client.trigger_task(await system.create("waits", command="true"))  # there is no worker
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        asyncio.timeout(60),
        httpx.AsyncClient(base_url=system.backend.url, headers=headers) as http,
        http.stream("GET", f"/api/runs/{run.id}/logs/follow") as answer,
    ):
        assert answer.status_code == 200
        await system.http.delete(f"/api/tokens/{token_id}")
        said = b"".join([piece async for piece in answer.aiter_raw()])
    assert b"event: expired\r\n" in said
    assert b"event: end" not in said


async def test_a_client_goes_on_with_a_new_token_and_misses_nothing() -> None:
    asked: list[str | None] = []
    created = 'event: task.created\nid: e-{id}\ndata: {{"id": {id}}}\n\n'
    opened, expired = "event: hello\nid: e-0\ndata: {}\n\n", 'event: expired\ndata: {"reason": ""}\n\n'

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("Last-Event-ID"))
        number = len(asked)
        body = opened + created.format(id=number) + (expired if number < 3 else "event: gap\nid: e-9\ndata: {}\n\n")
        return httpx.Response(200, text=body, headers={"Content-Type": "text/event-stream"})

    async with TaskdeckClient("http://127.0.0.1", transport=httpx.MockTransport(answer)) as client:
        stream = client.stream([StreamTopic.TASKS])
        items = [await anext(stream) for _ in range(5)]
        await stream.aclose()
    assert asked == [None, "e-1", "e-2"]
    assert [item.id for item in items] == ["e-0", "e-1", "e-2", "e-3", "e-9"]


async def test_one_statement_serves_all_followers(system: System) -> None:
    followers = LogFollowers(system.backend.context)
    first, second = [
        (await system.client.trigger_task(await system.create(name, command="true"))).id for name in ("a", "b")
    ]
    with followers.of(first) as of_first, followers.of(first) as also, followers.of(second) as of_second:
        await followers.check()
        events = (of_first, also, of_second)
        assert all(event.is_set() for event in events), "what was never seen is new"
        for event in events:
            event.clear()
        await followers.check()
        assert not any(event.is_set() for event in events)
        await system.client.cancel_run(first)
        await followers.check()
        assert (of_first.is_set(), also.is_set(), of_second.is_set()) == (True, True, False)
    assert isinstance(LogIntake(system.backend.context).followers, LogFollowers)
