"""What many readers of the live stream cost one replica, and how late they receive what happens."""

import asyncio
import re
import time
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import psutil

from tests.bench.processes import Processes, end
from tests.bench.report import percentile, report
from tests.bench.sizes import size

READERS = size("READERS", 500)
STREAMED_RUNS = size("STREAMED_RUNS", 60)
PAUSE_SECONDS = 0.5
IDLE_SECONDS = 10
WAIT_SECONDS = 120
OPENED_AT_ONCE = 50
EVENT = re.compile(rb"event: ([\w.]+)\r\ndata: (.*)")
RUN = re.compile(rb'"id":(\d+)')


class _Reader:
    """One connection: `ended` has the time at which it received the end of each run."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self.ended: dict[int, float] = {}

    async def event(self) -> tuple[bytes, bytes]:
        """Return the next event and its data; pings are passed over."""
        while True:
            found = EVENT.search(await self._reader.readuntil(b"\r\n\r\n"))
            if found is not None:
                return found[1], found[2]

    async def read(self) -> None:
        """Read until the end of each run was received."""
        while len(self.ended) < STREAMED_RUNS:
            name, data = await self.event()
            if name == b"gap":
                raise SystemExit("a reader missed events")
            run = RUN.search(data)
            if name == b"run.finished" and run is not None:
                self.ended[int(run[1])] = time.perf_counter()


async def _open(system: Processes, token: str, stack: AsyncExitStack) -> _Reader:
    address = urlsplit(system.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    stack.callback(writer.close)
    writer.write(f"GET /api/stream?topics=runs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    opened = _Reader(reader)
    name, _ = await opened.event()
    if name != b"hello":
        raise SystemExit(f"the stream began with {name.decode()}")
    return opened


async def _tokens(system: Processes, count: int) -> list[str]:
    """Return tokens of as many users: each may have 50 streams, and an address ten attempts to sign in a minute."""
    password = "a password that nobody guesses"
    found = [await system.access_token()]
    for number in range(1, count):
        made = {"username": f"reader-{number}", "password": password, "role": "viewer"}
        await system.client.request("POST", "/api/users", json=made)
        pair = await system.client.login(made["username"], password)
        found.append(pair.access_token)
    return found


async def measure(system: Processes) -> None:
    """Compare memory and CPU time of the backend with and without readers, and time each event for each reader.

    The limit of a delay is that of the first reader, the one of CPU time is that without events.
    """
    worker = await system.start_worker("stream", slots=4)
    backend = psutil.Process(system.backend.pid)
    tokens = await _tokens(system, -(-READERS // OPENED_AT_ONCE))
    async with AsyncExitStack() as stack, asyncio.timeout(WAIT_SECONDS):
        stack.callback(end, worker)
        await system.until_online(1)
        task = await system.client.create_task({"name": "streamed", "executor": "noop", "overlap_policy": "allow"})
        memory = backend.memory_info().rss
        readers: list[_Reader] = []
        for token in tokens:
            count = min(OPENED_AT_ONCE, READERS - len(readers))
            readers += await asyncio.gather(*(_open(system, token, stack) for _ in range(count)))
        backend.cpu_percent()
        await asyncio.sleep(IDLE_SECONDS)
        idle = backend.cpu_percent()
        reading = [asyncio.create_task(reader.read()) for reader in readers]
        begun: dict[int, float] = {}
        for _ in range(STREAMED_RUNS):
            at = time.perf_counter()
            begun[(await system.client.trigger_task(task.id)).id] = at
            await asyncio.sleep(PAUSE_SECONDS)
        await asyncio.gather(*reading)
        used = backend.cpu_percent()
        grown = (backend.memory_info().rss - memory) / READERS / 1024
    delays = [(at - begun[run_id]) * 1000 for reader in readers for run_id, at in reader.ended.items()]
    first = [min(reader.ended[run_id] for reader in readers) for run_id in begun]
    limit = percentile([(at - begun[run_id]) * 1000 for run_id, at in zip(begun, first, strict=True)], 0.5)
    report(f"stream_{READERS}_readers_p50_ms", percentile(delays, 0.5), "ms", limit)
    report(f"stream_{READERS}_readers_p99_ms", percentile(delays, 0.99), "ms", limit)
    report(f"stream_{READERS}_readers_cpu", used, "% of a core", idle)
    report(f"stream_{READERS}_readers_memory", grown, "KiB a reader")
