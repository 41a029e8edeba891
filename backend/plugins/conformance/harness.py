"""The parts of a worker around an executor, without a broker's connection."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

from backend.broker.in_process import InProcessBroker
from backend.broker.messages import Assignment, AttemptRef, AttemptResult
from backend.plugins.executors import Executor
from backend.worker.attempt_process import AttemptProcesses, ProcessHost
from backend.worker.executors.contract import Attempt
from backend.worker.log_shipper import ReadGate
from backend.worker.output_capture import OutputCapture
from backend.worker.owner_rules import NO_RULES
from backend.worker.resource_monitor import ResourceMonitor
from backend.worker.secrets import AttemptSecrets, Secrets
from backend.worker.spool import Spool
from shared.enums import LogStream

KILL_GRACE = timedelta(seconds=1)


@dataclass(slots=True)
class TriedAttempt:
    """An attempt and what became of it; `cancelled` cancels it."""

    attempt: Attempt
    output: OutputCapture
    cancelled: "asyncio.Future[None]"
    result: AttemptResult | None = None
    seconds: float = 0.0

    @property
    def stdout(self) -> str:
        return self.output.tail(LogStream.STDOUT) or ""

    @property
    def stderr(self) -> str:
        return self.output.tail(LogStream.STDERR) or ""


@dataclass(slots=True)
class Harness:
    """Executes attempts as a worker does."""

    folder: Path
    host: ProcessHost
    secrets: Secrets = field(default_factory=Secrets)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def attempt(
        self,
        command: str,
        arguments: Sequence[str] = (),
        *,
        timeout_seconds: float = 60,
        environment: Mapping[str, str] | None = None,
    ) -> TriedAttempt:
        """Return an attempt that has not begun."""
        ref = AttemptRef(next(self._numbers), 1)
        output = OutputCapture(lambda _: None)
        cancelled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        assignment = Assignment(
            run_id=ref.run_id,
            attempt=ref.attempt,
            task_id=1,
            task_name="conformance",
            executor="plug-in",
            command=command,
            arguments=list(arguments),
            environment=dict(environment or {}),
            working_directory=None,
            timeout_seconds=timeout_seconds,
        )
        attempt = Attempt(
            assignment=assignment,
            worker_id="conformance",
            output=output,
            secrets=AttemptSecrets(self.secrets, output, task_folder=""),
            rules=NO_RULES,
            processes=AttemptProcesses(self.host, ref, output),
            attempts_folder=self.folder,
            cancelled=cancelled,
            kill_grace=KILL_GRACE,
        )
        return TriedAttempt(attempt, output, cancelled)

    async def execute(self, executor: Executor, tried: TriedAttempt) -> AttemptResult:
        """Execute an attempt to its end."""
        clock = asyncio.get_running_loop().time
        began = clock()
        tried.result = await executor.execute(tried.attempt)
        tried.seconds = clock() - began
        tried.output.close()
        return tried.result


@contextlib.asynccontextmanager
async def open_harness() -> AsyncIterator[Harness]:
    """Yield a harness in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="taskdeck-conformance-") as name:
        spool = Spool(Path(name) / "spool")
        host = ProcessHost(
            spool=spool, monitor=ResourceMonitor(InProcessBroker(), worker_id="conformance"), gate=ReadGate()
        )
        host.adopted.adopt_orphans()
        try:
            yield Harness(Path(name) / "attempts", host)
        finally:
            await host.idle.end_all()
            spool.close()
