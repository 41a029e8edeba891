"""The parts of a worker around an executor, without the broker's connection."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from backend.broker.in_process import InProcessBroker
from backend.broker.messages import Assignment, AttemptRef, AttemptResult
from backend.worker.attempt_process import AttemptProcesses, ProcessHost
from backend.worker.executors.contract import Attempt, Executor
from backend.worker.executors.shell import ShellExecutor
from backend.worker.log_shipper import ReadGate
from backend.worker.output_capture import OutputCapture
from backend.worker.owner_rules import NO_RULES
from backend.worker.resource_monitor import ResourceMonitor
from backend.worker.secrets import AttemptSecrets, Secrets
from backend.worker.spool import Spool
from shared.enums import LogStream

REF = AttemptRef(7, 1)


class Bench:
    """Runs commands by the executor `shell`, or another one."""

    def __init__(self, folder: Path, *, secrets: Secrets | None = None) -> None:
        self.folder = folder
        self.spool = Spool(folder)
        self.host = ProcessHost(
            spool=self.spool, monitor=ResourceMonitor(InProcessBroker(), worker_id="w1"), gate=ReadGate()
        )
        self.host.adopted.adopt_orphans()
        self.cancelled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.output = OutputCapture(lambda _: None)
        self.has_run = False
        self.secrets = secrets or Secrets()
        self.rules = NO_RULES

    async def run(
        self, command: str, *, timeout: float = 20, executor: Executor | None = None, **fields: Any
    ) -> AttemptResult:
        if self.has_run:
            self.output = OutputCapture(lambda _: None)
        self.has_run = True
        assignment = self.assignment(command, timeout=timeout, **fields)
        attempt = Attempt(
            assignment=assignment,
            worker_id="w1",
            output=self.output,
            secrets=AttemptSecrets(self.secrets, self.output, task_folder=assignment.folder),
            rules=self.rules,
            processes=AttemptProcesses(self.host, REF, self.output),
            attempts_folder=self.folder / "attempts",
            cancelled=self.cancelled,
            kill_grace=timedelta(seconds=0.2),
        )
        result = await (executor or ShellExecutor()).execute(attempt)
        self.output.close()
        return result

    def assignment(self, command: str, *, timeout: float = 20, executor: str = "shell", **fields: Any) -> Assignment:
        return Assignment(
            run_id=REF.run_id,
            attempt=REF.attempt,
            task_id=1,
            task_name="task",
            executor=executor,
            command=command,
            timeout_seconds=timeout,
            **{"arguments": [], "environment": {}, "working_directory": None} | fields,
        )

    @property
    def stdout(self) -> str:
        return self.output.tail(LogStream.STDOUT) or ""

    @property
    def stderr(self) -> str:
        return self.output.tail(LogStream.STDERR) or ""
