"""Processes that serve attempts one after the other, so that what they have loaded serves the next one too."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Hashable, Mapping
from datetime import timedelta
from typing import Any

from backend.worker.child_process import ChildProcess
from backend.worker.output_capture import OutputCapture
from shared.enums import LogStream

_MOST_ANSWER_BYTES = 1024 * 1024
_MOST_IDLE = 16
"""Of one worker: each holds the memory of an interpreter and its modules."""


class CurrentOutput:
    """Passes on what a process writes to the attempt that uses it; what is written between two attempts is lost."""

    def __init__(self) -> None:
        self._output: OutputCapture | None = None

    def write(self, stream: LogStream, data: bytes) -> None:
        """Add to the output of the current attempt."""
        if self._output is not None:
            self._output.write(stream, data)

    def give_to(self, output: OutputCapture | None) -> None:
        """Pass on to this output from now on."""
        self._output = output


class LastingProcess:
    """A process that answers requests on a socket; it ends when the socket is closed."""

    def __init__(self, child: ChildProcess, channel: socket.socket, output: CurrentOutput) -> None:
        self.child = child
        self.output = output
        self._channel = channel
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it can answer a request."""
        return not self.child.ended.done()

    async def request(self, message: Mapping[str, Any]) -> dict[str, Any] | None:
        """Send a request and return the answer; None where the process ends before it answers."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(sock=self._channel, limit=_MOST_ANSWER_BYTES)
        reader, writer = self._streams
        try:
            writer.write(json.dumps(message).encode() + b"\n")
            await writer.drain()
            line = await reader.readline()
            answer = json.loads(line) if line.endswith(b"\n") else None
        except (OSError, ValueError):
            return None
        return answer if isinstance(answer, dict) else None

    def close(self) -> None:
        """Close the socket, by which an idle process ends."""
        if self._streams is not None:
            self._streams[1].close()
        else:
            self._channel.close()

    async def end(self) -> None:
        """End the process with all its descendants."""
        self.output.give_to(None)
        self.close()
        await self.child.stop(grace=timedelta())
        await self.child.clean_up()


class IdleProcesses:
    """Processes that wait for the next attempt, by what they are like."""

    def __init__(self) -> None:
        self._idle: list[tuple[Hashable, LastingProcess]] = []

    async def take(self, key: Hashable) -> LastingProcess | None:
        """Return the process of this kind that was used last, or None; end those that have ended by themselves."""
        ended = [one for one in self._idle if not one[1].is_running]
        self._idle = [one for one in self._idle if one[1].is_running]
        found = next((one for one in reversed(self._idle) if one[0] == key), None)
        if found is not None:
            self._idle.remove(found)
        for _, process in ended:
            await process.end()
        return found[1] if found is not None else None

    async def give_back(self, key: Hashable, process: LastingProcess) -> None:
        """Keep a process for the next attempt; the one that was not used for longest ends where there are too many."""
        process.output.give_to(None)
        self._idle.append((key, process))
        if len(self._idle) > _MOST_IDLE:
            await self._idle.pop(0)[1].end()

    async def end_all(self) -> None:
        """End all of them."""
        idle, self._idle = self._idle, []
        for _, process in idle:
            with contextlib.suppress(OSError):
                await process.end()
