"""A client that is closed leaves no connection, whatever it was doing."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest

from shared.client import TaskdeckClient
from shared.enums import StreamTopic
from shared.errors import BackendUnreachableError

_SECONDS = 10


class SilentServer:
    """Accepts connections and answers nothing; `open` are those that their clients have not closed."""

    def __init__(self) -> None:
        self.open = 0
        self.accepted = 0
        self.changed = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._count(1)
        try:
            while await reader.read(65536):
                pass
        finally:
            writer.close()
            await self._count(-1)

    async def _count(self, more: int) -> None:
        async with self.changed:
            self.open += more
            self.accepted += max(more, 0)
            self.changed.notify_all()


@pytest.fixture
async def server() -> AsyncGenerator[tuple[SilentServer, str], None]:
    silent = SilentServer()
    listening = await asyncio.start_server(silent.serve, "127.0.0.1", 0)
    async with listening:
        yield silent, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def _request(client: TaskdeckClient) -> object:
    return await client.stats()


async def _ready(client: TaskdeckClient) -> object:
    return await client.ready()


async def _stream(client: TaskdeckClient) -> object:
    return [item async for item in client.stream([StreamTopic.RUNS])]


@pytest.mark.parametrize("use", [_request, _ready, _stream])
async def test_no_connection_is_left_that_was_being_made(
    server: tuple[SilentServer, str], use: Callable[[TaskdeckClient], Awaitable[object]]
) -> None:
    silent, url = server
    for steps in range(30):
        client = TaskdeckClient(url)
        calls = [asyncio.ensure_future(use(client)) for _ in range(3)]
        for _ in range(steps):
            await asyncio.sleep(0)
        await client.close()
        async with asyncio.timeout(_SECONDS):
            ended = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(one) for one in ended} == {BackendUnreachableError}, (steps, ended)
    assert silent.accepted
    async with asyncio.timeout(_SECONDS), silent.changed:
        await silent.changed.wait_for(lambda: silent.open == 0)


async def test_a_caller_that_is_cancelled_is_not_told_of_a_lost_backend(server: tuple[SilentServer, str]) -> None:
    _silent, url = server
    async with TaskdeckClient(url) as client:
        call = asyncio.ensure_future(client.stats())
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
