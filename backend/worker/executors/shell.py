"""Runs a command line by /bin/sh, or a script by the interpreter that its first line names."""

import asyncio
import os
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from backend.broker.messages import Assignment, AttemptRef, AttemptResult, Ending
from backend.executor_spec import ExecutorDescription
from backend.worker.child_process import ChildProcess, ProcessEnd
from backend.worker.executors.base import Attempt, failed, timed_out
from backend.worker.limits import Limits
from backend.worker.orphans import Mark
from backend.worker.run_files import OutputError, RunFiles
from backend.worker.secrets import UnknownSecretError, resolve_all
from shared.enums import LogStream
from shared.errors import FieldError

SHELL = "/bin/sh"
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ")
_ENDED_BY_WORKER = "ended by the worker"
_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def base_environment() -> dict[str, str]:
    """Return what every command gets of the worker's own environment: no secret, no setting of ours."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {"PATH": _DEFAULT_PATH, **kept}


def run_variables(assignment: Assignment) -> dict[str, str]:
    """Return what a command is told about its run."""
    variables = {
        "TASKDECK_RUN_ID": str(assignment.run_id),
        "TASKDECK_ATTEMPT": str(assignment.attempt),
        "TASKDECK_TASK_NAME": assignment.task_name,
    }
    if assignment.scheduled_for is not None:
        variables["TASKDECK_SCHEDULED_FOR"] = assignment.scheduled_for.isoformat()
    if assignment.fan_out_run_id is not None:
        variables["TASKDECK_FAN_OUT_RUN_ID"] = str(assignment.fan_out_run_id)
    if assignment.shard_index is not None:
        variables["TASKDECK_SHARD_INDEX"] = str(assignment.shard_index)
        variables["TASKDECK_SHARD_TOTAL"] = str(assignment.shard_total)
    for upstream in assignment.upstreams:
        prefix = f"TASKDECK_UPSTREAM_{variable_name(upstream.task_name)}"
        variables[f"{prefix}_RUN_ID"] = str(upstream.run_id)
        variables[f"{prefix}_STATUS"] = upstream.status
        if upstream.output is not None:
            variables[f"{prefix}_OUTPUT"] = upstream.output
    return variables


def variable_name(task_name: str) -> str:
    """Return a task's name as a part of a variable's: capitals, digits and `_`."""
    return re.sub(r"[^A-Z0-9]+", "_", task_name.upper()).strip("_") or "_"


class ShellExecutor:
    """Runs each command in a session of its own, and ends all of it."""

    description = ExecutorDescription(
        name="shell",
        description="Runs a command line by /bin/sh, or a whole script that begins with #!.",
        supports_arguments=True,
        supports_environment=True,
        supports_working_directory=True,
    )

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Ask for a command; what it does is the shell's to judge."""
        if not command.strip():
            return [FieldError("command", "must not be empty; give a command line such as: df -h")]
        return []

    async def execute(self, attempt: Attempt) -> AttemptResult:
        """Run the command to its end, its timeout or its cancel."""
        assignment = attempt.assignment
        secrets: list[str] = []
        try:
            environment = base_environment() | resolve_all(assignment.environment, found=secrets)
        except UnknownSecretError as error:
            return failed(str(error))
        attempt.output.mask(secrets)
        environment |= run_variables(assignment)
        folder = assignment.working_directory
        if folder is not None and not Path(folder).is_dir():
            return failed(f"working directory {folder} does not exist on worker {attempt.worker_id}")
        with RunFiles() as files:
            environment |= files.variables
            if assignment.command.startswith("#!"):
                files.script.write_text(assignment.command.replace("\r\n", "\n"), encoding="utf-8")
                files.script.chmod(0o700)
                arguments = [str(files.script), *assignment.arguments]
            else:
                arguments = [SHELL, "-c", assignment.command, "sh", *assignment.arguments]
            result = await self._run(attempt, arguments, environment, files)
            seen = max(result.peak_memory_bytes or 0, files.peak_memory)
            result = _with_limit_named(attempt, replace(result, peak_memory_bytes=seen or None))
            try:
                return replace(result, output=files.output())
            except OutputError as error:
                attempt.output.feed(LogStream.STDERR, f"taskdeck: {error}\n".encode())
                return result

    async def _run(
        self, attempt: Attempt, arguments: list[str], environment: dict[str, str], files: RunFiles
    ) -> AttemptResult:
        assignment = attempt.assignment
        ref = AttemptRef(assignment.run_id, assignment.attempt)
        limits = _limits_of(assignment)
        mark = Mark.make()
        try:
            child = ChildProcess(
                limits.around(arguments),
                environment=environment | mark.variables,
                working_directory=assignment.working_directory,
                output=attempt.output,
                gate=attempt.gate,
                mark=mark,
            )
        except OSError as error:
            return failed(_why_not_started(assignment.command, error), exit_code=126)
        attempt.spool.started(ref, mark=mark, start_time=time.time())
        exceeded: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        attempt.monitor.watch(
            ref, pid=child.pid, progress_file=files.progress, limits=limits, on_exceeded=exceeded.set_result
        )
        try:
            await asyncio.wait(
                (child.ended, attempt.cancelled, exceeded),
                timeout=attempt.timeout_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if child.ended.done():
                return _result(Ending.FAILED, child.ended.result(), None)
            is_cancelled = attempt.cancelled.done()
            if exceeded.done() and not is_cancelled:
                end = await child.end(grace_seconds=0)
                return _result(Ending.FAILED, end, f"{_ENDED_BY_WORKER}: {exceeded.result()}")
            end = await child.end(grace_seconds=attempt.kill_grace.total_seconds())
            if is_cancelled:
                return _result(Ending.CANCELLED, end, "cancelled")
            return _result(Ending.TIMED_OUT, end, timed_out(attempt.timeout_seconds))
        finally:
            last_words, files.peak_memory = attempt.monitor.forget(ref)
            await child.clean_up()
            if last_words is not None:
                await attempt.monitor.tell(last_words)


def _limits_of(assignment: Assignment) -> Limits:
    return Limits(
        memory_mb=assignment.max_memory_mb,
        cpu_seconds=assignment.max_cpu_seconds,
        open_files=assignment.max_open_files,
    )


def _with_limit_named(attempt: Attempt, result: AttemptResult) -> AttemptResult:
    """Say which limit made a command fail, where its own end does not."""
    own_end = result.ending is Ending.FAILED and result.exit_code is not None
    if not own_end or (result.error or "").startswith(_ENDED_BY_WORKER):
        return result
    limit = _limits_of(attempt.assignment).behind(
        exit_code=result.exit_code or 0,
        cpu_seconds=(result.cpu_ms or 0) / 1000,
        peak_memory_bytes=result.peak_memory_bytes or 0,
        last_words=attempt.output.tail(LogStream.STDERR) or "",
    )
    return replace(result, error=f"{result.error}: {limit}") if limit is not None else result


def _result(otherwise: Ending, end: ProcessEnd, error: str | None) -> AttemptResult:
    ending = otherwise
    if error is None:
        if end.exit_code == 0:
            ending = Ending.SUCCEEDED
        elif end.signal is not None:
            error = f"ended by signal {end.signal}"
        else:
            error = f"exit code {end.exit_code}"
    return AttemptResult(
        ending=ending,
        exit_code=end.exit_code,
        error=error,
        cpu_ms=end.cpu_ms,
        peak_memory_bytes=end.peak_memory_bytes,
    )


def _why_not_started(command: str, error: OSError) -> str:
    if command.startswith("#!"):
        interpreter = command.split("\n", 1)[0].removeprefix("#!").strip()
        return f"the script's interpreter {interpreter} cannot be started: {error.strerror}"
    return f"the command cannot be started: {error.strerror}"
