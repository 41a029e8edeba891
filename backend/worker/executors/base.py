"""What carries out a command."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from backend.broker.messages import Assignment, AttemptResult, Ending
from backend.executor_spec import ExecutorDescription
from backend.worker.log_shipper import ReadGate
from backend.worker.output import OutputCapture
from backend.worker.run_monitor import RunMonitor
from backend.worker.spool import Spool
from shared.errors import FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt as its executor sees it; `cancelled` is done when the attempt is to end."""

    assignment: Assignment
    output: OutputCapture
    cancelled: asyncio.Future[None]
    kill_grace: timedelta
    spool: Spool
    gate: ReadGate
    monitor: RunMonitor
    worker_id: str

    @property
    def timeout_seconds(self) -> float:
        """How long it may take."""
        return self.assignment.timeout_seconds


class Executor(Protocol):
    """One way to carry out commands; made without arguments, once a process."""

    @property
    def description(self) -> ExecutorDescription:
        """What it is for."""

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Return what is wrong with a command before its task is saved."""

    async def execute(self, attempt: Attempt) -> AttemptResult:
        """Carry it out; ends within the kill grace once `cancelled` or the timeout says so."""


def failed(error: str, *, exit_code: int | None = None, http_status: int | None = None) -> AttemptResult:
    """Return the result of an attempt that failed."""
    return AttemptResult(ending=Ending.FAILED, exit_code=exit_code, error=error, http_status=http_status)


def timed_out(timeout_seconds: float) -> str:
    """Return the error of an attempt that took too long."""
    return f"timed out after {timeout_seconds:g} s"
