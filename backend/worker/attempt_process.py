"""Start the commands of attempts so that the worker knows them: spooled, watched, limited, ended with descendants."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from backend.broker.messages import AttemptRef, SurvivingProcess
from backend.worker.adopted_processes import AdoptedProcesses
from backend.worker.child_process import ChildProcess, ProcessEnd
from backend.worker.command_limits import NO_LIMITS, Limits
from backend.worker.log_shipper import ReadGate
from backend.worker.output_capture import OutputCapture
from backend.worker.resource_monitor import ResourceMonitor
from backend.worker.run_user import RunUser
from backend.worker.spool import Spool, StartedProcess
from backend.worker.survivors import surviving_processes


@dataclass(frozen=True, slots=True)
class CleanUp:
    """The highest memory of the command's processes that was sampled, and the processes that could not be ended."""

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
        most_processes: int | None = None,
    ) -> None:
        """`most_processes` limits those of the user of each command, all together."""
        self.most_processes = most_processes
        self.adopted = AdoptedProcesses()
        self.spool = spool
        self.monitor = monitor
        self.gate = gate


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
        child = ChildProcess(
            replace(limits, processes=self._host.most_processes).wrap(arguments),
            environment=environment,
            working_directory=working_directory or (self.user.folder if self.user is not None else None),
            output=self._output,
            gate=self._host.gate,
            adopted=self._host.adopted,
            user=self.user,
        )
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
        peak_memory_bytes = await self._host.monitor.unwatch(self._ref)
        survivors = [
            replace(one, command=self._mask(one.command)) for one in surviving_processes(await self._child.clean_up())
        ]
        self._on_survivors(survivors)
        return CleanUp(peak_memory_bytes, survivors)
