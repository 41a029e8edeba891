"""The executor `shell`: a command line by /bin/sh, or a script by the interpreter that its first line names."""

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from backend.broker.messages import Assignment, AttemptResult, Ending
from backend.executor_spec import ExecutorDescription
from backend.worker.attempt_process import CleanUp
from backend.worker.child_process import ProcessEnd
from backend.worker.command_limits import Limits
from backend.worker.executors.contract import Attempt, failed
from backend.worker.run_files import OutputError, RunFiles
from backend.worker.run_user import RunUser
from backend.worker.run_variables import run_variables
from backend.worker.secrets import SecretError
from shared.enums import LogStream
from shared.errors import FieldError
from shared.models.task import MOST_ARGUMENT_BYTES
from shared.printable_text import escaped

SHELL = "/bin/sh"
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ")
_USERS_VARIABLES = ("HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "PATH")
_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_CANNOT_START = 126
"""The exit code by which shells say that a command cannot be executed."""
_ENDED_BY_WORKER = "ended by the worker"


def base_environment(user: RunUser | None = None) -> dict[str, str]:
    """Return what every command gets of the worker's own environment: no secret, none of our settings.

    What is about the worker's user is that of the command's user instead, where another one runs it.
    """
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    if user is not None:
        kept = {name: value for name, value in kept.items() if name not in _USERS_VARIABLES} | user.variables
    return {"PATH": _DEFAULT_PATH, **kept}


class ShellExecutor:
    """Runs each command in a session of its own."""

    description = ExecutorDescription(
        name="shell",
        description="Runs a command line by /bin/sh, or a whole script that begins with #!.",
        supports_arguments=True,
        supports_environment=True,
        supports_working_directory=True,
        supports_run_as=True,
    )

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Require a command."""
        problems = []
        normalised = _normalised(command)
        if not normalised.strip():
            problems.append(FieldError("command", "must not be empty; give a command line such as: df -h"))
        elif normalised.startswith("#!") and not _interpreter(normalised):
            problems.append(FieldError("command", "names no interpreter behind #!; write for example #!/bin/sh"))
        return problems

    async def execute(self, attempt: Attempt) -> AttemptResult:
        """Run the command to its end, its timeout or its cancellation."""
        assignment = attempt.assignment
        try:
            environment = base_environment(attempt.processes.user) | attempt.secrets.resolve_all(assignment.environment)
            arguments = [attempt.secrets.resolve(argument) for argument in assignment.arguments]
        except SecretError as error:
            return failed(str(error))
        folder = assignment.working_directory
        if folder is not None and (problem := _folder_problem(folder, attempt.processes.user)):
            return failed(f"working directory {escaped(folder)} {problem} on worker {attempt.worker_id}")
        if problem := _environment_problem(environment):
            return failed(problem)
        has_tmp = attempt.rules.commands.private_tmp
        async with RunFiles(attempt.folder, owner=attempt.processes.user, has_tmp=has_tmp) as files:
            variables, notes = run_variables(assignment, files)
            for note in notes:
                _note(attempt, note)
            result = await self._run(attempt, files, arguments, environment | variables | files.variables)
            result = _with_limit_named(attempt, result)
            if files.has_foreign_progress:
                _note(attempt, "the progress file is not a regular file, and was not read")
            try:
                return replace(result, output=await files.output())
            except OutputError as error:
                _note(attempt, str(error))
                return result.with_reason(str(error))

    async def _run(
        self, attempt: Attempt, files: RunFiles, arguments: Sequence[str], environment: Mapping[str, str]
    ) -> AttemptResult:
        assignment = attempt.assignment
        command_line = _command_line(_normalised(assignment.command), files)
        files.hand_over()
        try:
            process = attempt.processes.start(
                [*command_line, *arguments],
                environment=environment,
                working_directory=assignment.working_directory,
                limits=_limits_of(assignment),
                progress_file=files.progress,
            )
        except OSError as error:
            return failed(_why_not_started(_normalised(assignment.command), error), exit_code=_CANNOT_START)
        try:
            stop = await attempt.wait(process.ended, process.limit_exceeded)
            if process.ended.done():
                result = _ended(process.ended.result())
            elif stop is None:
                end = await process.stop()
                result = _with_end(failed(f"{_ENDED_BY_WORKER}: {process.limit_exceeded.result()}"), end)
            else:
                end = await process.stop(grace=attempt.kill_grace)
                result = _with_end(attempt.stopped(stop), end)
        finally:
            cleaned = await process.clean_up()
        return _after(result, cleaned)


def _folder_problem(folder: str, user: RunUser | None) -> str | None:
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


def _environment_problem(environment: Mapping[str, str]) -> str | None:
    """Return which variable the kernel does not accept, or None."""
    for name, value in environment.items():
        if len(name) + 1 + len(value.encode("utf-8", "replace")) > MOST_ARGUMENT_BYTES:
            return f"the environment variable {name} is longer than {MOST_ARGUMENT_BYTES:,} bytes with its name"
    return None


def _normalised(command: str) -> str:
    """Return a command as it is run: without a byte order mark, with the line ends of Unix, and `#!` at its begin."""
    command = command.removeprefix("\ufeff").replace("\r\n", "\n")
    stripped = command.lstrip()
    return stripped if stripped.startswith("#!") else command


def _interpreter(script: str) -> str:
    """Return the interpreter of a script with its argument, as its first line names them; may be empty."""
    return script.split("\n", 1)[0].removeprefix("#!").strip()


def _command_line(command: str, files: RunFiles) -> list[str]:
    if command.startswith("#!"):
        # By its interpreter, as the kernel would: a temporary directory may forbid to execute files in it.
        interpreter, _, argument = _interpreter(command).partition(" ")
        return [interpreter, *([argument.strip()] if argument.strip() else []), str(files.write_script(command))]
    if len(command.encode("utf-8", "replace")) > MOST_ARGUMENT_BYTES:
        return [SHELL, str(files.write_script(command))]
    return [SHELL, "-c", command, "sh"]


def _limits_of(assignment: Assignment) -> Limits:
    return Limits(
        memory_mb=assignment.max_memory_mb,
        cpu_seconds=assignment.max_cpu_seconds,
        open_files=assignment.max_open_files,
    )


def _ended(end: ProcessEnd) -> AttemptResult:
    if end.exit_code == 0:
        return _with_end(AttemptResult(ending=Ending.SUCCEEDED), end)
    error = f"ended by signal {end.signal}" if end.signal is not None else f"exit code {end.exit_code}"
    return _with_end(failed(error), end)


def _with_end(result: AttemptResult, end: ProcessEnd | None) -> AttemptResult:
    if end is None:
        return result
    return replace(result, exit_code=end.exit_code, cpu_ms=end.cpu_ms, peak_memory_bytes=end.peak_memory_bytes)


def _after(result: AttemptResult, cleaned: CleanUp) -> AttemptResult:
    """Add what was found when the command's processes were cleaned up."""
    peak = max(result.peak_memory_bytes or 0, cleaned.peak_memory_bytes)
    result = replace(result, peak_memory_bytes=peak or None)
    if not cleaned.survivors:
        return result
    named = ", ".join(escaped(one.words) for one in cleaned.survivors)
    return result.with_reason(f"process {named} could not be ended and is still running: the worker may not signal it")


def _with_limit_named(attempt: Attempt, result: AttemptResult) -> AttemptResult:
    """Add which limit made a command fail, where its own end does not show it."""
    is_own_end = result.ending is Ending.FAILED and result.exit_code is not None
    if not is_own_end or (result.error or "").startswith(_ENDED_BY_WORKER):
        return result
    limit = _limits_of(attempt.assignment).explain_failure(
        exit_code=result.exit_code or 0,
        cpu_seconds=(result.cpu_ms or 0) / 1000,
        peak_memory_bytes=result.peak_memory_bytes or 0,
        error_output=attempt.output.tail(LogStream.STDERR) or "",
    )
    return replace(result, error=f"{result.error}: {limit}") if limit is not None else result


def _note(attempt: Attempt, text: str) -> None:
    """Add a line of ours to the command's error output."""
    attempt.output.write(LogStream.STDERR, f"taskdeck: {text}\n".encode())


def _why_not_started(command: str, error: OSError) -> str:
    if command.startswith("#!"):
        return f"the script's interpreter {escaped(_interpreter(command))} cannot be started: {error.strerror}"
    return f"the command cannot be started: {error.strerror}"
