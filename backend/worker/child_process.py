"""A command's process: started in a session of its own, read without blocking, ended with all it left."""

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.worker import orphans
from backend.worker.log_shipper import ReadGate
from backend.worker.output import OutputCapture
from shared.enums import LogStream

_READ_BYTES = 64 * 1024
_SOON_DRAINED_SECONDS = 0.2
"""Pipes that are open for longer after the end are held by a process that the command left behind."""
_DRAIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class ProcessEnd:
    """How a process ended: `exit_code` is 128 + n for signal n, as shells count; `signal` is its name.

    `peak_memory_bytes` is None where it is not known: until a child has started its command, Linux counts the
    memory of the worker as the child's.
    """

    exit_code: int
    signal: str | None
    cpu_ms: int
    peak_memory_bytes: int | None


class ChildProcess:
    """One command."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        working_directory: str | None,
        output: OutputCapture,
        gate: ReadGate,
        mark: orphans.Mark,
    ) -> None:
        """Start it; raises OSError where that cannot be. `mark` is in `environment`."""
        self._loop = asyncio.get_running_loop()
        self._own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._output = output
        self._gate = gate
        self._mark = mark
        process = subprocess.Popen(  # noqa: S603 - to run commands is what a worker is for
            list(arguments),
            env=dict(environment),
            cwd=working_directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )
        self.pid = process.pid
        orphans.KNOWN_CHILDREN.add(self.pid)
        self.ended: asyncio.Future[ProcessEnd] = self._loop.create_future()
        self._process = process
        self._open_streams = 0
        self._drained = asyncio.Event()
        for pipe, stream in ((process.stdout, LogStream.STDOUT), (process.stderr, LogStream.STDERR)):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
            self._open_streams += 1
            self._loop.add_reader(pipe.fileno(), self._read, pipe.fileno(), stream)
        self._watch()

    def _watch(self) -> None:
        if hasattr(os, "pidfd_open"):
            descriptor = os.pidfd_open(self.pid)
            self._loop.add_reader(descriptor, self._reap, descriptor)
        else:
            waiting = self._loop.run_in_executor(None, os.wait4, self.pid, 0)
            waiting.add_done_callback(lambda done: self._finish(done.result()))

    def _reap(self, descriptor: int) -> None:
        self._loop.remove_reader(descriptor)
        os.close(descriptor)
        self._finish(os.wait4(self.pid, 0))

    def _finish(self, waited: tuple[int, int, object]) -> None:
        _, status, usage = waited
        code = os.waitstatus_to_exitcode(status)
        self._process.returncode = code
        orphans.KNOWN_CHILDREN.discard(self.pid)
        if self.ended.done():
            return
        peak = usage.ru_maxrss  # type: ignore[attr-defined]
        self.ended.set_result(
            ProcessEnd(
                exit_code=128 - code if code < 0 else code,
                signal=signal.Signals(-code).name if code < 0 else None,
                cpu_ms=round((usage.ru_utime + usage.ru_stime) * 1000),  # type: ignore[attr-defined]
                peak_memory_bytes=peak * 1024 if peak > self._own_peak else None,
            )
        )

    def _read(self, descriptor: int, stream: LogStream) -> None:
        try:
            data = os.read(descriptor, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(descriptor)
            self._open_streams -= 1
            if not self._open_streams:
                self._drained.set()
            return
        self._output.feed(stream, data)
        if not self._gate.is_open:
            self._loop.remove_reader(descriptor)
            self._gate.when_open(lambda: self._resume(descriptor, stream))

    def _resume(self, descriptor: int, stream: LogStream) -> None:
        if not self._drained.is_set() and not self._process.stdout.closed:  # type: ignore[union-attr]
            self._loop.add_reader(descriptor, self._read, descriptor, stream)

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to all of the command's process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    async def end(self, *, grace_seconds: float) -> ProcessEnd:
        """End it: SIGTERM to the group, SIGKILL when the grace has passed."""
        self.signal_group(signal.SIGTERM)
        try:
            async with asyncio.timeout(grace_seconds):
                await asyncio.shield(self.ended)
        except TimeoutError:
            self.signal_group(signal.SIGKILL)
        return await self.ended

    async def clean_up(self) -> None:
        """End what the command left running, and read what is left in the pipes."""
        self.signal_group(signal.SIGKILL)
        orphans.end_orphans(self._mark)
        pipes = [pipe for pipe in (self._process.stdout, self._process.stderr) if pipe is not None]
        try:
            if not await self._is_drained(within=_SOON_DRAINED_SECONDS):
                orphans.end_holders(frozenset(os.fstat(pipe.fileno()).st_ino for pipe in pipes))
                await self._is_drained(within=_DRAIN_SECONDS)
        finally:
            for pipe in pipes:
                self._loop.remove_reader(pipe.fileno())
                pipe.close()

    async def _is_drained(self, *, within: float) -> bool:
        try:
            async with asyncio.timeout(within):
                await self._drained.wait()
        except TimeoutError:
            return False
        return True
