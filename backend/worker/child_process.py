"""The process of a command: started in a session of its own, read without blocking, ended with its descendants."""

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import psutil

from backend.worker.adopted_processes import AdoptedProcesses
from backend.worker.control_groups import ControlGroup
from backend.worker.log_shipper import ReadGate
from backend.worker.process_mark import ProcessMark
from backend.worker.run_user import RunUser
from shared.enums import LogStream

_READ_BYTES = 64 * 1024
"""The capacity of a pipe on Linux."""
DRAIN_SECONDS = 2.0
"""How long pipes may stay open after the end. Only a process that could not be ended holds them for longer."""
UNKNOWN_EXIT_CODE = 255
"""For a process that other code in the worker's process has waited for, so that nobody else learns how it ended."""
KILL_SECONDS = 5.0
"""How long a process may take to end after SIGKILL. One that takes longer cannot be ended from here."""


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


def signal_name(number: int) -> str:
    """Return a signal's name as `kill -l` shows it; Python names none of the real-time signals in between."""
    with contextlib.suppress(ValueError):
        return signal.Signals(number).name
    first = getattr(signal, "SIGRTMIN", None)
    if first is not None and first < number < signal.SIGRTMAX:
        return f"SIGRTMIN+{number - first}"
    return f"number {number}"


class ProcessOutput(Protocol):
    """Where the output of a process goes."""

    def write(self, stream: LogStream, data: bytes) -> None:
        """Add what it wrote."""


class ChildProcess:
    """One command. `ended` is done when it has ended, also where its descendants go on."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        working_directory: str | None,
        output: ProcessOutput,
        gate: ReadGate,
        adopted: AdoptedProcesses,
        user: RunUser | None = None,
        inherited: Sequence[int] = (),
        group: ControlGroup | None = None,
    ) -> None:
        """Start it, as another user where one is given, with some open descriptors; raises OSError where that fails.

        One with a control group is started by a command line that is held (`Limits.wrap`) until it is in the group.
        """
        self._loop = asyncio.get_running_loop()
        self._own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._output = output
        self._gate = gate
        self._adopted = adopted
        self._mark = ProcessMark.make()
        self._group = group
        self.memory_reached_bytes = 0
        """After `clean_up`: the limit of memory of its control group, where the kernel ended a process for it."""
        with self._mark.inherited():
            process = subprocess.Popen(  # noqa: S603 - to run commands is the purpose of a worker
                list(arguments),
                env={**environment, **self._mark.variables},
                cwd=working_directory,
                stdin=subprocess.DEVNULL if group is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                bufsize=0,
                pass_fds=inherited,
                user=user.uid if user is not None else None,
                group=user.gid if user is not None else None,
                extra_groups=user.groups if user is not None else None,
            )
        self.pid = process.pid
        self._released = self._release_into(group, process) if group is not None else None
        adopted.exclude(self.pid)
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

    @property
    def mark(self) -> ProcessMark:
        """What its descendants are recognised by."""
        return self._mark

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the command's process group; one of another user does not receive it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    async def stop(self, *, grace: timedelta) -> ProcessEnd | None:
        """Send SIGTERM to the group, and SIGKILL after the grace; return None where the command survives that."""
        if grace:
            self.signal_group(signal.SIGTERM)
            if await self._has_ended(within=grace.total_seconds()):
                return self.ended.result()
        self.signal_group(signal.SIGKILL)
        return self.ended.result() if await self._has_ended(within=KILL_SECONDS) else None

    def read_now(self) -> None:
        """Read what it has written until now, as much as a pipe holds."""
        for pipe, stream in ((self._process.stdout, LogStream.STDOUT), (self._process.stderr, LogStream.STDERR)):
            assert pipe is not None
            with contextlib.suppress(OSError):
                if data := os.read(pipe.fileno(), _READ_BYTES):
                    self._output.write(stream, data)

    async def end_orphans(self) -> frozenset[int]:
        """End the descendants that outlived their parent, and not the process itself; return which could not be."""
        return await self._adopted.end(self._mark)

    @property
    def has_children(self) -> bool:
        """Whether it has started processes that have not ended."""
        try:
            return bool(psutil.Process(self.pid).children())
        except psutil.Error:
            return False

    async def clean_up(self) -> frozenset[int]:
        """End what the command left running and read the rest of its output; return what could not be ended."""
        if self._group is not None:
            assert self._released is not None
            await asyncio.wait((self._released,))
            self._group.kill()
        self.signal_group(signal.SIGKILL)
        survivors = await self._adopted.end(self._mark)
        if not self.ended.done():
            survivors |= {self.pid}
        if self._group is not None:
            self.memory_reached_bytes = self._group.memory_reached_bytes or 0
            self._group.close()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS):
                    await self._drained.wait()
        finally:
            for pipe in (self._process.stdout, self._process.stderr):
                assert pipe is not None
                self._loop.remove_reader(pipe.fileno())
                pipe.close()
        return survivors

    async def _has_ended(self, *, within: float) -> bool:
        await asyncio.wait((self.ended,), timeout=within)
        return self.ended.done()

    def _release_into(self, group: ControlGroup, process: subprocess.Popen[bytes]) -> asyncio.Future[None]:
        """Put a held process into its group and let it go on; without the line it ends, where that fails.

        In a thread: the kernel takes up to 16 ms to move a process.
        """
        held = process.stdin
        assert held is not None

        def release() -> None:
            # One that has ended, by a cancellation, is in no group.
            with contextlib.suppress(ProcessLookupError, BrokenPipeError), held:
                group.add(process.pid)
                held.write(b"\n")

        def name_reason(done: asyncio.Future[None]) -> None:
            if (error := done.exception()) is not None:
                reason = f"taskdeck: the command cannot be put into its control group: {error}\n"
                self._output.write(LogStream.STDERR, reason.encode())

        released = self._loop.run_in_executor(None, release)
        released.add_done_callback(name_reason)
        return released

    def _watch(self) -> None:
        if hasattr(os, "pidfd_open"):
            descriptor = os.pidfd_open(self.pid)
            self._loop.add_reader(descriptor, self._reap, descriptor)
        else:
            waiting = self._loop.run_in_executor(None, _wait, self.pid)
            waiting.add_done_callback(lambda done: self._finish(done.result()))

    def _reap(self, descriptor: int) -> None:
        self._loop.remove_reader(descriptor)
        os.close(descriptor)
        self._finish(_wait(self.pid))

    def _finish(self, waited: tuple[int, resource.struct_rusage]) -> None:
        code, usage = waited
        self._process.returncode = code
        self._adopted.include(self.pid)
        if self.ended.done():
            return
        peak = usage.ru_maxrss
        self.ended.set_result(
            ProcessEnd(
                exit_code=128 - code if code < 0 else code,
                signal=signal_name(-code) if code < 0 else None,
                cpu_ms=round((usage.ru_utime + usage.ru_stime) * 1000),
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
        self._output.write(stream, data)
        if not self._gate.is_open:
            self._loop.remove_reader(descriptor)
            self._gate.when_open(lambda: self._resume(descriptor, stream))

    def _resume(self, descriptor: int, stream: LogStream) -> None:
        if not self._drained.is_set() and not self._process.stdout.closed:  # type: ignore[union-attr]
            self._loop.add_reader(descriptor, self._read, descriptor, stream)


def _wait(pid: int) -> tuple[int, resource.struct_rusage]:
    """Wait for a child; return its exit code, negative for a signal, and what it used."""
    try:
        _, status, usage = os.wait4(pid, 0)
    except ChildProcessError:
        return UNKNOWN_EXIT_CODE, resource.struct_rusage([0] * resource.struct_rusage.n_sequence_fields)
    return os.waitstatus_to_exitcode(status), usage
