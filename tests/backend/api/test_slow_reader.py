"""A reader of the live stream that stops reading: the others get each event, and it gets a gap when it goes on."""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.events.stream import KEPT_EVENTS
from shared.enums import EventType
from tests.system import System

EVENT = re.compile(rb"event: ([\w.]+)\r\ndata: (.*)")
READERS = 3
PADDING = "x" * 4_000
"""So that events which a system holds for a reader, some megabytes, are fewer than those that come later."""
PART = 1_000
MOST_OTHERS = 100
LITTLE = 4_096
"""Bytes that the system of a slow reader receives for it; what it sends for one has no such bound."""


class RawReader:
    """A connection whose bytes are read on request only."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def until(self, last: int) -> list[str]:
        """Return what is received up to the event with a number: the numbers of events, other items by type."""
        found: list[str] = []
        while not found or found[-1] != str(last):
            event = EVENT.search(await self._reader.readuntil(b"\r\n\r\n"))
            if event is not None:
                number = re.search(rb'"id": ?(\d+)', event[2])
                found.append((event[1] if number is None else number[1]).decode())
        return found

    async def hello(self) -> None:
        while b"event: hello" not in await self._reader.readuntil(b"\r\n\r\n"):
            pass


@asynccontextmanager
async def reading(system: System, *, is_slow: bool = False) -> AsyncIterator[RawReader]:
    opened = socket.socket()
    if is_slow:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LITTLE)
    opened.setblocking(False)
    host, _, port = system.backend.url.removeprefix("http://").partition(":")
    await asyncio.get_running_loop().sock_connect(opened, (host, int(port)))
    reader, writer = await asyncio.open_connection(sock=opened, limit=4 * LITTLE)
    head = f"GET /api/stream?topics=tasks HTTP/1.1\r\nHost: a\r\nAuthorization: {system.http.headers['Authorization']}"
    writer.write(f"{head}\r\n\r\n".encode())
    found = RawReader(reader)
    try:
        await found.hello()
        yield found
    finally:
        writer.transport.abort()


async def test_a_reader_that_stops_reading_harms_no_other(system: System) -> None:
    total = KEPT_EVENTS + 2 * PART
    async with asyncio.timeout(120), reading(system, is_slow=True) as slow:
        async with system_readers(system) as readers:
            for first in range(1, total + 1, PART):
                padded = ({"id": number, "padding": PADDING} for number in range(first, first + PART))
                system.backend.context.events.publish(EventType.TASK_DELETED, padded)
                last = first + PART - 1
                received = await asyncio.gather(*(reader.until(last) for reader in readers))
                assert received == [[str(number) for number in range(first, last + 1)]] * READERS
        received_late = await slow.until(total)
    assert received_late.count("gap") == 1
    gap = received_late.index("gap")
    assert received_late[:gap] == [str(number) for number in range(1, gap + 1)]
    first_kept = int(received_late[gap + 1])
    assert received_late[gap + 1 :] == [str(number) for number in range(first_kept, total + 1)]
    others = first_kept - (total - KEPT_EVENTS + 1)
    assert 0 <= others <= MOST_OTHERS, "events of other topics are kept too"


@asynccontextmanager
async def system_readers(system: System) -> AsyncIterator[list[RawReader]]:
    """Yield readers that read all the time."""
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(reading(system)) for _ in range(READERS)]
