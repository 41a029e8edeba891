"""A backend on an event loop of its own, beside that of a test."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.oidc.backend import open_oidc_backend

START_SECONDS = 60


@contextmanager
def backend_in_thread(database_url: str, issuer: str) -> Iterator[str]:
    """Run a backend that signs people in with a provider until the end of the block; yield its address."""
    started = threading.Event()
    running: list[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        stop = asyncio.Event()
        async with open_oidc_backend(database_url, issuer) as backend:
            running.append((backend.url, asyncio.get_running_loop(), stop))
            started.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="backend")
    thread.start()
    assert started.wait(START_SECONDS)
    url, loop, stop = running[0]
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
