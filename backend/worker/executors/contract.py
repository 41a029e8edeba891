r"""What an executor implements, and what the worker gives it: the interface for plug-ins.

A plug-in is a class that satisfies `Executor`, named by an entry point in the group `taskdeck.executors`:

    [project.entry-points."taskdeck.executors"]
    copy = "my_package:CopyExecutor"

    class CopyExecutor:
        description = ExecutorDescription(name="copy", description="Copies a file.")

        def check(self, *, command, arguments):
            return [] if " " in command else [FieldError("command", "must name a source and a target")]

        async def execute(self, attempt):
            source, target = attempt.assignment.command.split(" ", 1)
            copying = asyncio.ensure_future(asyncio.to_thread(shutil.copy, source, target))
            stopped = await attempt.wait(copying)
            if stopped is not None:
                return attempt.stopped(stopped)
            attempt.output.write(LogStream.STDOUT, b"copied\n")
            return succeeded()

The backend loads it too, for `description` and `check`: install it there and on the workers. An exception in `execute`
fails the attempt with its text, and harms no other attempt.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from backend.broker.messages import Assignment, AttemptResult, Ending
from backend.executor_spec import ExecutorDescription
from backend.worker.attempt_process import AttemptProcesses
from backend.worker.output_capture import OutputCapture
from backend.worker.owner_rules import OwnerRules
from backend.worker.secrets import AttemptSecrets
from shared.errors import FieldError

Stop = Literal[Ending.CANCELLED, Ending.TIMED_OUT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt as its executor sees it."""

    assignment: Assignment
    """The command, its arguments and environment, limits, the timeout, and the results of upstream runs."""

    worker_id: str
    """For messages to people."""

    output: OutputCapture
    """`output.write(stream, data)` adds to the log and to the result's tails; `output.mask(values)` hides secrets."""

    secrets: AttemptSecrets
    """`secrets.resolve(text)` replaces references such as `${secret:NAME}`, and hides the values as `output.mask` does.
    It raises `SecretError`, whose text is for a person."""

    rules: OwnerRules
    """What the owner of the worker permits. The worker has checked `allow`, lowered the limits of the assignment, and
    applies `commands`; an executor that calls addresses applies `http`."""

    processes: AttemptProcesses
    """`processes.start(arguments, …)` runs a command which the worker watches, limits, and ends with its descendants,
    also at its next start where it was killed. An executor must not start processes in another way."""

    attempts_folder: Path
    """Where the worker's attempts have their private folders."""

    cancelled: asyncio.Future[None]
    """Done when the attempt is to end, by a person or because the worker stops. `execute` then returns within
    `kill_grace` and some seconds."""

    kill_grace: timedelta
    """How long a command may take between SIGTERM and SIGKILL."""

    @property
    def folder(self) -> Path:
        """A private folder. It does not exist: an executor that needs it creates and removes it.

        What it does not remove is removed at the worker's next start.
        """
        return self.attempts_folder / f"{self.assignment.run_id}-{self.assignment.attempt}"

    async def wait(self, *work: asyncio.Future[Any]) -> Stop | None:
        """Wait until some of the work is done (None), or the attempt is cancelled or reaches its timeout."""
        await asyncio.wait(
            (*work, self.cancelled), timeout=self.assignment.timeout_seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if any(one.done() for one in work):
            return None
        return Ending.CANCELLED if self.cancelled.done() else Ending.TIMED_OUT

    def stopped(self, stop: Stop) -> AttemptResult:
        """Return the result of an attempt that `wait` stopped."""
        if stop is Ending.CANCELLED:
            return AttemptResult(ending=stop, error="cancelled")
        return AttemptResult(ending=stop, error=f"timed out after {self.assignment.timeout_seconds:g} s")


class Executor(Protocol):
    """One way to run commands. A process makes one of each, without arguments; `execute` runs many times at once."""

    @property
    def description(self) -> ExecutorDescription:
        """Its name, and which fields of a task it reads."""

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Return what is wrong with a command, when its task is saved; runs in the backend."""

    async def execute(self, attempt: Attempt) -> AttemptResult:
        """Run the command and return how it ended; runs in the worker, and never blocks its event loop."""


def succeeded(*, exit_code: int | None = 0, http_status: int | None = None) -> AttemptResult:
    """Return the result of an attempt that succeeded."""
    return AttemptResult(ending=Ending.SUCCEEDED, exit_code=exit_code, http_status=http_status)


def failed(error: str, *, exit_code: int | None = None, http_status: int | None = None) -> AttemptResult:
    """Return the result of an attempt that failed; `error` is one line for a person."""
    return AttemptResult(ending=Ending.FAILED, exit_code=exit_code, error=error, http_status=http_status)
