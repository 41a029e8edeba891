"""Strangers who send slowly, too much or nothing, and who do not read: none of them keeps a connection or memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from backend.api.connections import ConnectionLimits
from backend.api.server import ApiServer, bind

GET = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
QUICK = 0.1
"""A limit that the test waits for."""
LONG = 600.0
"""A limit that a test never reaches."""


@dataclass
class Served:
    """A server, and what its application saw."""

    port: int
    entered: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    release: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    strangers: list["Stranger"] = field(default_factory=list)

    async def connect(self) -> "Stranger":
        self.strangers.append(Stranger(*await asyncio.open_connection("127.0.0.1", self.port)))
        return self.strangers[-1]


@dataclass
class Stranger:
    """A raw connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> bytes:
        """Return the first line of an answer, and read its body."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await self.reader.readexactly(length)
        return head.partition(b"\r\n")[0]

    async def rest(self) -> bytes:
        """Return everything until the server closes."""
        with suppress(ConnectionResetError):
            return await self.reader.read()
        return b""


@asynccontextmanager
async def serving(*, most: int = 100, **limits: float) -> AsyncIterator[Served]:
    usual = {"head_seconds": LONG, "unread_body_seconds": LONG, "stalled_seconds": LONG}
    listening = bind("127.0.0.1", 0)
    served = Served(listening.getsockname()[1])
    app = FastAPI()

    @app.get("/health")
    async def health() -> str:
        return "ok"

    @app.post("/refuse")
    async def refuse(request: Request) -> str:
        return "refused, unread"

    @app.get("/busy")
    async def busy() -> str:
        served.entered.release()
        await served.release.wait()
        return "done"

    @app.get("/much")
    async def much() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            try:
                for _ in range(2000):
                    yield b"x" * 65_536
            finally:
                served.left.set()

        return StreamingResponse(pieces())

    server = ApiServer(
        app,
        listening,
        most_connections=most,
        limits=ConnectionLimits(**{**usual, **limits}),  # type: ignore[arg-type]
    )
    await server.start()
    try:
        async with asyncio.timeout(60):
            yield served
    finally:
        served.release.set()
        for stranger in served.strangers:
            stranger.writer.transport.abort()
        await server.stop()


@pytest.mark.parametrize("sent", [b"G", b"GET /health HTTP/1.1\r\n", b"GET /health HTTP/1.1\r\nHost: a\r\nX-A: b"])
async def test_a_head_that_never_ends_is_cut(sent: bytes) -> None:
    async with serving(head_seconds=QUICK) as served:
        stranger = await served.connect()
        stranger.send(sent)
        assert (await stranger.rest()).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


async def test_a_connection_that_says_nothing_is_closed() -> None:
    async with serving(head_seconds=QUICK) as served:
        stranger = await served.connect()
        assert await stranger.rest() == b""


async def test_a_second_head_that_never_ends_is_cut_as_well() -> None:
    async with serving(head_seconds=QUICK) as served:
        stranger = await served.connect()
        stranger.send(GET)
        assert await stranger.answer() == b"HTTP/1.1 200 OK"
        stranger.send(GET[:-2])
        assert (await stranger.rest()).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /health HTTP/1.1\r\nX-Long: " + b"a" * 40_000 + b"\r\n\r\n", b"431"),
        (b"GET /health HTTP/1.1\r\n" + b"X-Long: " + b"a" * 40_000, b"431"),
        (b"GET /health HTTP/1.1\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(101)) + b"\r\n", b"431"),
        (b"GET /health HTTP/1.1\r\n" + b"".join(b"X-%d: " % n + b"a" * 1000 + b"\r\n" for n in range(50)), b"431"),
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET /health" + b"\x00" + b" HTTP/1.1\r\n\r\n", b"400"),
    ],
)
async def test_a_head_that_is_too_large_is_refused(head: bytes, status: bytes) -> None:
    async with serving() as served:
        stranger = await served.connect()
        stranger.send(head)
        assert (await stranger.rest()).startswith(b"HTTP/1.1 " + status)


async def test_what_strangers_send_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    async with serving() as served:
        for sent in (b"nonsense\r\n\r\n", b"\x16\x03\x01\x02\x00"):
            stranger = await served.connect()
            stranger.send(sent)
            assert (await stranger.rest()).startswith(b"HTTP/1.1 400 ")
        stranger = await served.connect()
        stranger.send(GET[:-2] + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
        assert await stranger.answer() == b"HTTP/1.1 200 OK"
    assert [one.getMessage() for one in caplog.records if one.name.startswith("uvicorn")] == []


async def test_the_largest_usual_head_passes() -> None:
    async with serving() as served:
        stranger = await served.connect()
        stranger.send(GET[:-2] + b"X-Long: " + b"a" * 30_000 + b"\r\n\r\n")
        assert await stranger.answer() == b"HTTP/1.1 200 OK"


async def test_requests_in_a_row_and_before_the_answer_are_answered() -> None:
    async with serving(head_seconds=LONG) as served:
        client = await served.connect()
        for _ in range(3):
            client.send(GET)
            assert await client.answer() == b"HTTP/1.1 200 OK"
        client.send(GET * 3)
        for _ in range(3):
            assert await client.answer() == b"HTTP/1.1 200 OK"


async def test_idle_strangers_keep_nobody_out() -> None:
    async with serving(most=3) as served:
        strangers = [await served.connect() for _ in range(3)]
        strangers[1].send(GET)
        assert await strangers[1].answer() == b"HTTP/1.1 200 OK"
        client = await served.connect()
        client.send(GET)
        assert await client.answer() == b"HTTP/1.1 200 OK"
        assert await strangers[0].rest() == b"", "the one that is idle longest has gone"
        strangers[1].send(GET)
        assert await strangers[1].answer() == b"HTTP/1.1 200 OK", "the others stay"


async def test_where_all_connections_are_busy_the_next_is_told_so() -> None:
    async with serving(most=2) as served:
        busy = [await served.connect() for _ in range(2)]
        for one in busy:
            one.send(GET.replace(b"/health", b"/busy"))
            await served.entered.acquire()
        late = await served.connect()
        said = await late.rest()
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 1\r\n" in said
        served.release.set()
        for one in busy:
            assert await one.answer() == b"HTTP/1.1 200 OK"
        again = await served.connect()
        again.send(GET)
        assert await again.answer() == b"HTTP/1.1 200 OK"


async def test_a_body_that_is_sent_for_ever_ends_with_its_answer() -> None:
    async with serving(unread_body_seconds=QUICK) as served:
        stranger = await served.connect()
        stranger.send(b"POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nx")
        assert await stranger.answer() == b"HTTP/1.1 200 OK"
        assert await stranger.rest() == b""


async def test_a_client_that_does_not_read_is_dropped() -> None:
    async with serving(stalled_seconds=QUICK) as served:
        stranger = await served.connect()
        stranger.writer.transport.pause_reading()  # type: ignore[attr-defined]
        stranger.send(GET.replace(b"/health", b"/much"))
        await served.left.wait()
