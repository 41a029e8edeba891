"""What executors that start processes have in common: environment, limits, and the result of a process that ended."""

import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from backend.broker.messages import Assignment, AttemptResult, Ending, processes_in_words
from backend.worker.attempt_process import CleanUp
from backend.worker.child_process import ProcessEnd
from backend.worker.command_limits import Limits
from backend.worker.executors.contract import Attempt, failed
from backend.worker.run_files import RunFiles
from backend.worker.run_user import RunUser
from shared.enums import LogStream
from shared.models.task import MOST_ARGUMENT_BYTES
from shared.printable_text import escaped

_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ")
_USERS_VARIABLES = ("HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "PATH")
_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENDED_BY_WORKER = "ended by the worker"


def base_environment(user: RunUser | None = None) -> dict[str, str]:
    """Return what every command gets of the worker's own environment: no secret, none of our settings.

    What is about the worker's user is that of the command's user instead, where another one runs it.
    """
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    if user is not None:
        kept = {name: value for name, value in kept.items() if name not in _USERS_VARIABLES} | user.variables
    return {"PATH": _DEFAULT_PATH, **kept}


def folder_problem(folder: str, user: RunUser | None) -> str | None:
    """Return why a command cannot be started in a folder, or None."""
    try:
        status = Path(folder).stat()
    except FileNotFoundError:
        return "does not exist"
    except OSError as error:
        return f"cannot be used ({error.strerror})"
    if not stat.S_ISDIR(status.st_mode):
        return "is not a directory"
    if user is not None:
        return None if user.may_enter(status) else f"cannot be entered by the user {user.name}"
    return None if os.access(folder, os.X_OK) else "cannot be entered"


def environment_problem(environment: Mapping[str, str]) -> str | None:
    """Return which variable the kernel does not accept, or None."""
    for name, value in environment.items():
        if len(name) + 1 + len(value.encode("utf-8", "replace")) > MOST_ARGUMENT_BYTES:
            return f"the environment variable {name} is longer than {MOST_ARGUMENT_BYTES:,} bytes with its name"
    return None


def files_of(attempt: Attempt) -> RunFiles:
    """Return the private files of an attempt's command, which are there within an `async with`."""
    processes = attempt.processes
    return RunFiles(
        attempt.folder,
        owner=processes.user,
        has_tmp=attempt.rules.commands.private_tmp,
        kept=processes.kept_folders,
    )


def limits_of(assignment: Assignment) -> Limits:
    return Limits(
        memory_mb=assignment.max_memory_mb,
        cpu_seconds=assignment.max_cpu_seconds,
        open_files=assignment.max_open_files,
    )


def result_of(end: ProcessEnd) -> AttemptResult:
    if end.exit_code == 0:
        return AttemptResult(
            ending=Ending.SUCCEEDED, exit_code=0, cpu_ms=end.cpu_ms, peak_memory_bytes=end.peak_memory_bytes
        )
    error = f"ended by signal {end.signal}" if end.signal is not None else f"exit code {end.exit_code}"
    return with_end(failed(error), end)


def with_end(result: AttemptResult, end: ProcessEnd | None) -> AttemptResult:
    if end is None:
        return result
    return replace(result, exit_code=end.exit_code, cpu_ms=end.cpu_ms, peak_memory_bytes=end.peak_memory_bytes)


def with_clean_up(result: AttemptResult, cleaned: CleanUp) -> AttemptResult:
    """Add what was found when the command's processes were cleaned up."""
    if cleaned.peak_memory_bytes > (result.peak_memory_bytes or 0):
        result = replace(result, peak_memory_bytes=cleaned.peak_memory_bytes)
    if not cleaned.survivors:
        return result
    named = escaped(processes_in_words(cleaned.survivors))
    still = "is still running: the worker may not signal it"
    if len(cleaned.survivors) > 1:
        still = "are still running: the worker may not signal them"
    return result.with_reason(f"{named} could not be ended and {still}")


def with_limit_named(attempt: Attempt, result: AttemptResult) -> AttemptResult:
    """Add which limit made a command fail, where its own end does not show it."""
    is_own_end = result.ending is Ending.FAILED and result.exit_code is not None
    if not is_own_end or (result.error or "").startswith(ENDED_BY_WORKER):
        return result
    limit = limits_of(attempt.assignment).explain_failure(
        exit_code=result.exit_code or 0,
        cpu_seconds=(result.cpu_ms or 0) / 1000,
        peak_memory_bytes=result.peak_memory_bytes or 0,
        error_output=attempt.output.tail(LogStream.STDERR) or "",
    )
    return replace(result, error=f"{result.error}: {limit}") if limit is not None else result


def note(attempt: Attempt, text: str) -> None:
    """Add a line of ours to the command's error output."""
    attempt.output.write(LogStream.STDERR, f"taskdeck: {text}\n".encode())
