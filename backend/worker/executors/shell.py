"""The executor `shell`: a command line by /bin/sh, or a script by the interpreter that its first line names."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backend.broker.messages import AttemptResult
from backend.executor_spec import ExecutorDescription
from backend.worker.executors.contract import Attempt, failed
from backend.worker.executors.processes import (
    ENDED_BY_WORKER,
    base_environment,
    environment_problem,
    files_of,
    folder_problem,
    limits_of,
    note,
    result_of,
    with_clean_up,
    with_end,
    with_limit_named,
)
from backend.worker.run_files import OutputError, RunFiles
from backend.worker.run_user import RunUser
from backend.worker.run_variables import run_variables
from backend.worker.secrets import SecretError
from shared.errors import FieldError
from shared.models.task import MOST_ARGUMENT_BYTES
from shared.printable_text import escaped

SHELL = "/bin/sh"
_CANNOT_START = 126
"""The exit code by which shells say that a command cannot be executed."""


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

    def __init__(self) -> None:
        self._own_environment = base_environment()

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
            environment = self._base_environment(attempt.processes.user) | attempt.secrets.resolve_all(
                assignment.environment
            )
            arguments = [attempt.secrets.resolve(argument) for argument in assignment.arguments]
        except SecretError as error:
            return failed(str(error))
        folder = assignment.working_directory
        if folder is not None and (problem := folder_problem(folder, attempt.processes.user)):
            return failed(f"working directory {escaped(folder)} {problem} on worker {attempt.worker_id}")
        if problem := environment_problem(environment):
            return failed(problem)
        async with files_of(attempt) as files:
            variables, notes = run_variables(assignment, files)
            for words in notes:
                note(attempt, words)
            result = await self._run(attempt, files, arguments, environment | variables | files.variables)
            result = with_limit_named(attempt, result)
            if attempt.processes.survivors:
                files.keep_from_others()
            if files.has_foreign_progress:
                note(attempt, "the progress file is not a regular file, and was not read")
            try:
                left = await files.output()
                return replace(result, output=left) if left is not None else result
            except OutputError as error:
                note(attempt, str(error))
                return result.with_reason(str(error))

    def _base_environment(self, user: RunUser | None) -> dict[str, str]:
        return self._own_environment if user is None else base_environment(user)

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
                limits=limits_of(assignment),
                progress_file=files.progress,
            )
        except OSError as error:
            return failed(_why_not_started(_normalised(assignment.command), error), exit_code=_CANNOT_START)
        try:
            stop = await attempt.wait(process.ended, process.limit_exceeded)
            if process.ended.done():
                result = result_of(process.ended.result())
            elif stop is None:
                end = await process.stop()
                result = with_end(failed(f"{ENDED_BY_WORKER}: {process.limit_exceeded.result()}"), end)
            else:
                end = await process.stop(grace=attempt.kill_grace)
                result = with_end(attempt.stopped(stop), end)
        finally:
            cleaned = await process.clean_up()
        return with_clean_up(result, cleaned)


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


def _why_not_started(command: str, error: OSError) -> str:
    if command.startswith("#!"):
        return f"the script's interpreter {escaped(_interpreter(command))} cannot be started: {error.strerror}"
    return f"the command cannot be started: {error.strerror}"
