"""A TCP proxy that can reset connections, block one direction, refuse connections, and change its target."""

import asyncio
from contextlib import suppress
from pathlib import Path

_CHUNK = 64 * 1024

Target = tuple[str, int] | Path
"""An address, or the path of a Unix socket."""


class Proxy:
    """Listens on its own port and forwards bytes to `target` and back.

    What is held back is not lost: it goes on when the hold ends, as after a network's pause.
    """

    def __init__(self, target: Target, *, host: str = "127.0.0.1") -> None:
        self.target = target
        self.host = host
        self.port = 0
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._upwards = asyncio.Event()
        self._downwards = asyncio.Event()
        self.release()

    async def open(self) -> None:
        """Listen, on the same port after the first time."""
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Refuse new connections and reset open ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()

    async def close(self) -> None:
        """End it."""
        await self.refuse()
        self.release()
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def cut(self) -> None:
        """Reset every connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    def hold(self, *, up: bool = True, down: bool = True) -> None:
        """Block traffic to the target (`up`) or back (`down`); connections stay open."""
        if up:
            self._upwards.clear()
        if down:
            self._downwards.clear()

    def release(self) -> None:
        """Unblock both directions."""
        self._upwards.set()
        self._downwards.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._join(reader, writer)
        except asyncio.CancelledError:
            return
        finally:
            self._serving.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if isinstance(self.target, Path):
                there_reader, there_writer = await asyncio.open_unix_connection(self.target)
            else:
                there_reader, there_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, there_writer}
        self._writers |= both
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pump(reader, there_writer, self._upwards))
                group.create_task(_pump(there_reader, writer, self._downwards))
        finally:
            self._writers -= both
            for one in both:
                one.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: asyncio.Event) -> None:
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            await gate.wait()
            writer.write(data)
            await writer.drain()
        await gate.wait()
        writer.write_eof()
        return
    writer.transport.abort()
