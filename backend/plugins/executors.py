"""The contract of executors.

An executor is a class without arguments, named by an entry point in the group `taskdeck.executors`. The backend loads
it for `description` and `check`, a worker for `execute`: install it on both.

What must hold:

- `check` returns what is wrong with a command, and raises nothing, whatever it is given. It has no effect and no I/O.
- `execute` runs on the event loop of the worker, many times at once. It never blocks the loop: what blocks runs in a
  thread, or in a process of `attempt.processes`.
- It ends when `attempt.cancelled` is done or the timeout has passed, within `attempt.kill_grace` and some seconds, and
  returns `attempt.stopped(…)`. `attempt.wait(…)` waits for all three.
- Processes are started by `attempt.processes`. The worker waits for all other children of its process, also orphans, so
  code that starts one by itself may not learn how it ended.
- It returns a result for whatever goes wrong with the command. An exception is a fault of the executor; it fails the
  attempt with its text.
- It leaves no process, no thread and no task of asyncio behind, and not the folder of the attempt.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from backend.broker.messages import AttemptResult, Ending
from backend.executor_spec import ExecutorDescription
from backend.worker.executors.contract import failed, succeeded
from shared.enums import LogStream
from shared.errors import FieldError

__all__ = [
    "Attempt",
    "AttemptResult",
    "Ending",
    "Executor",
    "ExecutorDescription",
    "FieldError",
    "LogStream",
    "Output",
    "Process",
    "Processes",
    "Run",
    "Secrets",
    "Stop",
    "failed",
    "succeeded",
]

Stop = Literal[Ending.CANCELLED, Ending.TIMED_OUT]
"""Why an attempt ends before its work is done."""


class Run(Protocol):
    """What is to be done: the command of the task and the values of the run."""

    @property
    def run_id(self) -> int: ...

    @property
    def attempt(self) -> int:
        """1 for the first; the same run may be executed more than once."""

    @property
    def task_id(self) -> int: ...

    @property
    def task_name(self) -> str: ...

    @property
    def folder(self) -> str: ...

    @property
    def labels(self) -> Mapping[str, str]: ...

    @property
    def command(self) -> str: ...

    @property
    def arguments(self) -> Sequence[str]:
        """With references to secrets as they are written: `attempt.secrets.resolve` replaces them."""

    @property
    def environment(self) -> Mapping[str, str]: ...

    @property
    def working_directory(self) -> str | None: ...

    @property
    def timeout_seconds(self) -> float: ...

    @property
    def scheduled_for(self) -> datetime | None:
        """The time of the occurrence; None for a run that somebody triggered."""


class Output(Protocol):
    """The log of an attempt and the tails of its result."""

    def write(self, stream: LogStream, data: bytes) -> None:
        """Add what the command wrote; secrets that were resolved are masked."""

    def mask(self, values: Sequence[str]) -> None:
        """Mask further values from now on."""


class Secrets(Protocol):
    """The secrets that a task refers to as `${secret:NAME}`."""

    def resolve(self, text: str) -> str:
        """Return a text with its references replaced; raises an exception whose text is for a person."""

    def resolve_all(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Do the same with the values of a mapping."""


class Process(Protocol):
    """A process that the worker watches and limits. Await `clean_up` in a `finally`."""

    @property
    def ended(self) -> "asyncio.Future[Any]":
        """Done when the process has ended; its `exit_code` is 128 + n for signal n."""

    @property
    def limit_exceeded(self) -> "asyncio.Future[str]":
        """Done when all processes of the attempt together exceed a limit, with a sentence that says which."""

    async def stop(self, *, grace: timedelta = ...) -> object | None:
        """Send SIGTERM, and SIGKILL after the grace; None where the process survives that."""

    async def clean_up(self) -> object:
        """End all descendants, and read the rest of the output."""


class Processes(Protocol):
    """Starts processes of an attempt. An executor starts none in another way."""

    def start(
        self, arguments: Sequence[str], *, environment: Mapping[str, str], working_directory: str | None = None
    ) -> Process:
        """Start a command whose output is that of the attempt; raises OSError where it cannot be started."""


class Attempt(Protocol):
    """One attempt, as an executor sees it."""

    @property
    def assignment(self) -> Run: ...

    @property
    def worker_id(self) -> str:
        """For messages to people."""

    @property
    def output(self) -> Output: ...

    @property
    def secrets(self) -> Secrets: ...

    @property
    def processes(self) -> Processes: ...

    @property
    def folder(self) -> Path:
        """A private folder that does not exist: who needs it creates and removes it."""

    @property
    def cancelled(self) -> "asyncio.Future[None]":
        """Done when the attempt is to end."""

    @property
    def kill_grace(self) -> timedelta:
        """How long a command may take between SIGTERM and SIGKILL."""

    async def wait(self, *work: "asyncio.Future[Any]") -> Stop | None:
        """Wait until some of the work is done (None), or the attempt is cancelled or reaches its timeout."""

    def stopped(self, stop: Stop) -> AttemptResult:
        """Return the result of an attempt that `wait` stopped."""


class Executor(Protocol):
    """One way to run commands."""

    @property
    def description(self) -> ExecutorDescription:
        """Its name, which is that of the entry point, and which fields of a task it reads."""

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Return what is wrong with a command and what would be right, when its task is saved."""

    async def execute(self, attempt: Attempt) -> AttemptResult:
        """Run the command, and return how it ended."""
