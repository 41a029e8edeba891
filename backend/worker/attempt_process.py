"""Start the commands of attempts so that the worker knows them: spooled, watched, limited, ended with descendants."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from backend.broker.messages import AttemptRef, SurvivingProcess
from backend.worker.adopted_processes import AdoptedProcesses
from backend.worker.child_process import ChildProcess, ProcessEnd, ProcessOutput
from backend.worker.command_limits import NO_LIMITS, Limits
from backend.worker.control_groups import ControlGroups
from backend.worker.kept_folders import KeptFolders
from backend.worker.lasting_process import CurrentOutput, IdleProcesses, LastingProcess
from backend.worker.log_shipper import ReadGate
from backend.worker.output_capture import OutputCapture
from backend.worker.resource_monitor import ResourceMonitor
from backend.worker.run_user import RunUser
from backend.worker.spool import Spool, StartedProcess
from backend.worker.survivors import surviving_processes


@dataclass(frozen=True, slots=True)
class CleanUp:
    """The highest memory of the command's processes that was seen, and the processes that could not be ended."""

    peak_memory_bytes: int
    survivors: Sequence[SurvivingProcess]


class ProcessHost:
    """What the processes of one worker have in common."""

    def __init__(
        self,
        *,
        spool: Spool,
        monitor: ResourceMonitor,
        gate: ReadGate,
        own_limits: Limits = NO_LIMITS,
        groups: ControlGroups | None = None,
    ) -> None:
        """`own_limits` has the processes and the CPU of each command; without `groups`, the processes of its user."""
        self._own_limits = own_limits
        self._groups = groups
        self.adopted = AdoptedProcesses()
        self.idle = IdleProcesses()
        self.kept_folders = KeptFolders()
        self.spool = spool
        self.monitor = monitor
        self.gate = gate

    def start(
        self,
        arguments: Sequence[str],
        *,
        limits: Limits,
        environment: Mapping[str, str],
        working_directory: str | None,
        output: ProcessOutput,
        user: RunUser | None,
        inherited: Sequence[int] = (),
    ) -> ChildProcess:
        """Start a command with the limits of its attempt and of the worker; raises OSError where that fails."""
        limits = replace(limits, processes=self._own_limits.processes, cpus=self._own_limits.cpus)
        group = None
        if self._groups is not None and limits.needs_group:
            group = self._groups.create(limits)
            # The kernel counts the processes of the group instead of those of the user.
            limits = replace(limits, processes=None)
        try:
            return ChildProcess(
                limits.wrap(arguments, is_held=group is not None),
                environment=environment,
                working_directory=working_directory or (user.folder if user is not None else None),
                output=output,
                gate=self.gate,
                adopted=self.adopted,
                user=user,
                inherited=inherited,
                group=group,
            )
        except OSError:
            if group is not None:
                group.close()
            raise


class AttemptProcesses:
    """Starts processes for one attempt; `survivors` are those that could not be ended."""

    def __init__(
        self, host: ProcessHost, ref: AttemptRef, output: OutputCapture, *, user: RunUser | None = None
    ) -> None:
        self.survivors: list[SurvivingProcess] = []
        self.user = user
        """As whom commands are run where that is not the worker's own user. They need `user.variables`."""
        self._host = host
        self._ref = ref
        self._output = output

    @property
    def kept_folders(self) -> KeptFolders | None:
        """The folders that attempts of the worker's own user share; None for one of another user."""
        return self._host.kept_folders if self.user is None else None

    def start(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        working_directory: str | None = None,
        limits: Limits = NO_LIMITS,
        progress_file: Path | None = None,
    ) -> "AttemptProcess":
        """Start a command whose output is the attempt's; raises OSError where it cannot be started.

        The caller awaits `clean_up` of what is returned, in a `finally`.
        """
        child = self._host.start(
            arguments,
            limits=limits,
            environment=environment,
            working_directory=working_directory,
            output=self._output,
            user=self.user,
        )
        return self._process_of(child, limits=limits, progress_file=progress_file)

    async def idle(self, key: Hashable) -> LastingProcess | None:
        """Return a process that an attempt has left for others of this kind, or None."""
        return await self._host.idle.take(key)

    def start_lasting(
        self,
        arguments: Callable[[int], Sequence[str]],
        *,
        environment: Mapping[str, str],
        working_directory: str | None = None,
        limits: Limits = NO_LIMITS,
    ) -> LastingProcess:
        """Start a process that can serve further attempts; raises OSError where it cannot be started.

        `arguments` gets the descriptor of the socket on which the process answers.
        """
        own, other = socket.socketpair()
        output = CurrentOutput()
        with other:
            try:
                child = self._host.start(
                    arguments(other.fileno()),
                    limits=limits,
                    environment=environment,
                    working_directory=working_directory,
                    output=output,
                    user=self.user,
                    inherited=(other.fileno(),),
                )
            except OSError:
                own.close()
                raise
        own.setblocking(False)
        return LastingProcess(child, own, output)

    def use(
        self, process: LastingProcess, *, limits: Limits = NO_LIMITS, progress_file: Path | None = None
    ) -> "AttemptProcess":
        """Have a lasting process serve this attempt, as a process that `start` returns.

        The caller awaits `leave` of what is returned where another attempt may use it, and `clean_up` otherwise.
        """
        process.output.give_to(self._output)
        return self._process_of(process.child, limits=limits, progress_file=progress_file)

    async def leave(self, key: Hashable, process: LastingProcess, used: "AttemptProcess") -> CleanUp:
        """Leave a lasting process to others of its kind, without what this attempt left running in it."""
        if process.child.has_children:
            process.close()
            await used.stop()
            return await used.clean_up()
        cleaned = await used.release()
        await self._host.idle.give_back(key, process)
        return cleaned

    def _process_of(self, child: ChildProcess, *, limits: Limits, progress_file: Path | None) -> "AttemptProcess":
        return AttemptProcess(
            self._host,
            self._ref,
            child,
            limits=limits,
            progress_file=progress_file,
            mask=self._output.masked,
            on_survivors=self.survivors.extend,
        )


class AttemptProcess:
    """A running command.

    `ended` is done when its process has ended, `limit_exceeded` when all its processes together exceed a limit.
    """

    def __init__(
        self,
        host: ProcessHost,
        ref: AttemptRef,
        child: ChildProcess,
        *,
        limits: Limits,
        progress_file: Path | None,
        mask: Callable[[str], str],
        on_survivors: Callable[[Sequence[SurvivingProcess]], None],
    ) -> None:
        self.ended: asyncio.Future[ProcessEnd] = child.ended
        self.limit_exceeded: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._host = host
        self._ref = ref
        self._child = child
        self._on_survivors = on_survivors
        self._mask = mask
        host.spool.started(StartedProcess(ref, child.mark, time.time()))
        host.monitor.watch(
            ref,
            pid=child.pid,
            progress_file=progress_file,
            limits=limits,
            on_exceeded=self.limit_exceeded.set_result,
            mask=mask,
        )

    async def stop(self, *, grace: timedelta = timedelta()) -> ProcessEnd | None:
        """Send SIGTERM, and SIGKILL after the grace, to its process group; None where the command survives that."""
        return await self._child.stop(grace=grace)

    async def clean_up(self) -> CleanUp:
        """End all descendants, also those that left the group, and read the rest of the output."""
        return await self._cleaned(self._child.clean_up)

    async def release(self) -> CleanUp:
        """End the descendants that outlived their parent, and leave the process itself."""
        self._child.read_now()
        return await self._cleaned(self._child.end_orphans)

    async def _cleaned(self, end: Callable[[], Awaitable[frozenset[int]]]) -> CleanUp:
        peak_memory_bytes = await self._host.monitor.unwatch(self._ref)
        survivors = [replace(one, command=self._mask(one.command)) for one in surviving_processes(await end())]
        self._on_survivors(survivors)
        return CleanUp(max(peak_memory_bytes, self._child.memory_reached_bytes), survivors)
