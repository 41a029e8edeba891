"""The executor `python`: a function, called with JSON arguments in a process that stays for the next call."""

import asyncio
import json
import re
import shutil
import sys
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backend.broker.messages import AttemptResult, Ending
from backend.executor_spec import ExecutorDescription
from backend.worker.attempt_process import AttemptProcess
from backend.worker.child_process import ProcessEnd
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
from backend.worker.lasting_process import LastingProcess
from backend.worker.run_files import OutputError, RunFiles
from backend.worker.run_variables import run_variables
from backend.worker.secrets import SecretError
from shared.errors import FieldError
from shared.printable_text import escaped

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_FUNCTION = re.compile(rf"{_NAME}(?:\.{_NAME})*:{_NAME}(?:\.{_NAME})*")
_KEYWORD = re.compile(rf"({_NAME})=(.*)", re.DOTALL)
_ENVIRONMENT = "VIRTUAL_ENV"
_IDLE_SECONDS = 300
"""An idle process ends after this: the next call then takes the time of its imports."""
_CHILD = Path(__file__).with_name("python_child.py")
_BOOTSTRAP = (
    "import sys\n"
    "if sys.path[:1] == ['']: del sys.path[0]\n"  # the folder in which it is started is not meant for imports
    "with open(sys.argv[1], encoding='utf-8') as file: exec(compile(file.read(), sys.argv[1], 'exec'))"
)
_ENDING_SECONDS = 2.0
"""Between the end of the connection to a process and its own end."""
_MOST_STALE = 3
"""How often a process whose modules changed on disk is replaced for one call."""


@dataclass(frozen=True, slots=True)
class _Call:
    """One call as its process gets it."""

    function: str
    arguments: list[Any]
    keywords: dict[str, Any]
    path: str | None


class PythonExecutor:
    """Calls functions in processes that are used again by calls with the same interpreter, environment and limits."""

    description = ExecutorDescription(
        name="python",
        description="Calls a Python function, package.module:function, with JSON arguments, in a process that stays.",
        supports_arguments=True,
        supports_environment=True,
        supports_working_directory=True,
        supports_run_as=True,
    )

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Require the name of a function, and arguments in JSON."""
        problems = []
        if not _FUNCTION.fullmatch(command.strip()):
            problems.append(FieldError("command", "must name a function, such as reports.daily:send"))
        for position, argument in enumerate(arguments):
            try:
                _read_argument(argument)
            except ValueError as error:
                problems.append(
                    FieldError(
                        f"arguments.{position}",
                        f'is not JSON: {error}; write a text as "text", and an argument with a name as name=JSON',
                    )
                )
        return problems

    async def execute(self, attempt: Attempt) -> AttemptResult:
        """Call the function to its end, its timeout or its cancellation."""
        assignment = attempt.assignment
        try:
            environment = base_environment(attempt.processes.user) | attempt.secrets.resolve_all(assignment.environment)
            call = _call_of(attempt)
        except SecretError as error:
            return failed(str(error))
        except ValueError as error:
            return failed(f"an argument is not JSON: {error}")
        folder = assignment.working_directory
        if folder is not None and (problem := folder_problem(folder, attempt.processes.user)):
            return failed(f"working directory {escaped(folder)} {problem} on worker {attempt.worker_id}")
        interpreter = _interpreter(environment)
        if interpreter is None:
            return failed(
                f"worker {attempt.worker_id} has no Python for this task: set {_ENVIRONMENT} of the task to the folder "
                "of a virtual environment there"
            )
        if problem := environment_problem(environment):
            return failed(problem)
        async with files_of(attempt) as files:
            variables, notes = run_variables(assignment, files)
            for words in notes:
                note(attempt, words)
            files.hand_over()
            try:
                result = await self._call(attempt, interpreter, environment, call, files, variables | files.variables)
            except OSError as error:
                return failed(f"{interpreter} cannot be started: {error.strerror}")
            result = with_limit_named(attempt, result)
            if attempt.processes.survivors:
                files.keep_from_others()
            try:
                left = await files.output()
                return replace(result, output=left) if left is not None else result
            except OutputError as error:
                note(attempt, str(error))
                return result.with_reason(str(error))

    async def _call(
        self,
        attempt: Attempt,
        interpreter: str,
        environment: Mapping[str, str],
        call: _Call,
        files: RunFiles,
        variables: Mapping[str, str],
    ) -> AttemptResult:
        """Have a process call the function; raises OSError where none can be started."""
        processes, limits = attempt.processes, limits_of(attempt.assignment)
        user = processes.user.name if processes.user is not None else None
        folder = attempt.assignment.working_directory
        key: Hashable = (interpreter, tuple(sorted(environment.items())), folder, call.path, user, limits)
        request = {
            "function": call.function,
            "arguments": call.arguments,
            "keywords": call.keywords,
            "path": call.path,
            "variables": dict(variables),
            "output": variables["TASKDECK_OUTPUT"],
        }
        for _ in range(_MOST_STALE):
            process = await processes.idle(key)
            if process is None:
                process = processes.start_lasting(
                    lambda descriptor: [
                        interpreter,
                        "-u",
                        "-c",
                        _BOOTSTRAP,
                        str(_CHILD),
                        str(descriptor),
                        str(_IDLE_SECONDS),
                    ],
                    environment=environment,
                    working_directory=folder,
                    limits=limits,
                )
            used = processes.use(process, limits=limits, progress_file=files.progress)
            result = await self._one_call(attempt, key, process, used, request)
            if result is not None:
                return result
        return failed("the modules of the function change on disk all the time")

    async def _one_call(
        self,
        attempt: Attempt,
        key: Hashable,
        process: LastingProcess,
        used: AttemptProcess,
        request: Mapping[str, Any],
    ) -> AttemptResult | None:
        """Return how a call ended; None where the process has modules that changed on disk since it loaded them."""
        is_left = False
        answering = asyncio.ensure_future(process.request(request))
        try:
            stop = await attempt.wait(answering, used.ended, used.limit_exceeded)
            answer = await _answer(answering, used) if stop is None else None
            if answer is not None and answer.get("stale"):
                return None
            if answer is not None:
                result = _of_answer(answer)
                # The limit of CPU time counts from the start of the process.
                if answer["is_clean"] and attempt.assignment.max_cpu_seconds is None and process.is_running:
                    is_left = True
                    return with_clean_up(result, await attempt.processes.leave(key, process, used))
            elif stop is not None:
                end = await used.stop(grace=attempt.kill_grace)
                result = with_end(attempt.stopped(stop), end)
            elif used.limit_exceeded.done() and not used.ended.done():
                end = await used.stop()
                result = with_end(failed(f"{ENDED_BY_WORKER}: {used.limit_exceeded.result()}"), end)
            else:
                await asyncio.wait((used.ended,), timeout=_ENDING_SECONDS)
                result = _of_end(used.ended.result() if used.ended.done() else await used.stop())
        finally:
            answering.cancel()
            if not is_left:
                process.close()
                await used.stop()
                cleaned = await used.clean_up()
        return with_clean_up(result, cleaned)


async def _answer(answering: "asyncio.Future[dict[str, Any] | None]", used: AttemptProcess) -> dict[str, Any] | None:
    """Return the answer; None where the process ended without one, or exceeds a limit."""
    if used.limit_exceeded.done() and not answering.done():
        return None
    return await answering


def _of_answer(answer: Mapping[str, Any]) -> AttemptResult:
    if answer["error"] is None:
        return AttemptResult(ending=Ending.SUCCEEDED, exit_code=0, cpu_ms=answer["cpu_ms"])
    return replace(failed(escaped(str(answer["error"]))[:1000], exit_code=answer["exit_code"]), cpu_ms=answer["cpu_ms"])


def _of_end(end: ProcessEnd | None) -> AttemptResult:
    """Return the result of a call whose process ended within it, or answered what is no answer."""
    if end is None:
        return failed("the process of the function cannot be ended")
    result = result_of(end)
    if result.ending is Ending.SUCCEEDED:
        return replace(result, ending=Ending.FAILED, error="the function ended its process, with exit code 0")
    return result


def _read_argument(text: str) -> tuple[str | None, Any]:
    """Return name and value of an argument; raises ValueError."""
    found = _KEYWORD.fullmatch(text)
    name, value = (found[1], found[2]) if found is not None else (None, text)
    return name, json.loads(value, parse_constant=_refuse)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _call_of(attempt: Attempt) -> _Call:
    """Return the call of an attempt, with its secrets; raises ValueError or `SecretError`."""
    arguments: list[Any] = []
    keywords: dict[str, Any] = {}
    for text in attempt.assignment.arguments:
        name, value = _read_argument(text)
        resolved = _resolved(value, attempt)
        if name is None:
            arguments.append(resolved)
        else:
            keywords[name] = resolved
    # Who permits some functions means those that are installed: a folder could have others of the same name.
    is_restricted = attempt.rules.allow.commands is not None
    path = None if is_restricted else attempt.assignment.working_directory
    return _Call(attempt.assignment.command.strip(), arguments, keywords, path)


def _resolved(value: Any, attempt: Attempt) -> Any:
    """Return a JSON value with the secrets that its texts refer to: a secret cannot end a text of JSON."""
    match value:
        case str():
            return attempt.secrets.resolve(value)
        case list():
            return [_resolved(one, attempt) for one in value]
        case dict():
            return {name: _resolved(one, attempt) for name, one in value.items()}
    return value


def _interpreter(environment: Mapping[str, str]) -> str | None:
    """Return the interpreter of the task's virtual environment, otherwise that of the worker; None without any."""
    if folder := environment.get(_ENVIRONMENT):
        return str(Path(folder) / "bin" / "python")
    if getattr(sys, "frozen", False):
        return shutil.which("python3", path=environment.get("PATH"))
    return sys.executable
