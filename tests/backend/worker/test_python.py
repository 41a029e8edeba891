"""The executor `python`: results, exceptions, limits and ends of functions, and the process that stays."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backend.broker.messages import AttemptResult, Ending
from backend.worker.executors.python import PythonExecutor
from backend.worker.owner_rules import AllowRules, OwnerRules
from backend.worker.permission import refusal
from backend.worker.secrets import Secrets
from shared.enums import RunStatus
from shared.errors import ValidationFailedError
from tests.backend.worker.bench import Bench
from tests.processes import alive, unique_sleep
from tests.system import System

MODULE = """
import asyncio, os, subprocess, sys, threading, time
CALLS = []

def add(a, b=0, *, c=0):
    print("adding", a)
    return {"sum": a + b + c}

def pid(*arguments):
    CALLS.append(arguments)
    run, mode = os.environ["TASKDECK_RUN_ID"], os.environ.get("MODE")
    return {"pid": os.getpid(), "calls": len(CALLS), "mode": mode, "run": run}

def raises(text):
    def deeper():
        raise ValueError(text)
    deeper()

async def later(value):
    await asyncio.sleep(0)
    return value

class Reports:
    @staticmethod
    def send():
        return "sent"

def exits(code):
    sys.exit(code)

def dies():
    os._exit(3)

def hangs():
    print("begun", flush=True)
    while True:
        time.sleep(1)

def not_json():
    return {1, 2}

def starts(mark):
    subprocess.Popen(["sleep", mark])

def orphans(mark):
    subprocess.run(["sh", "-c", f"setsid sleep {mark} >/dev/null 2>&1 </dev/null &"], check=True)
    return os.getpid()

def thread():
    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
    return os.getpid()

def grows():
    return len(bytearray(400 * 1024 * 1024))

def moves():
    os.chdir("/")
    os.environ["MODE"] = "spoilt"

def cwd():
    return os.getcwd()
"""


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    (tmp_path / "jobs.py").write_text(MODULE, encoding="utf-8")
    made = Bench(tmp_path, secrets=Secrets({"TOKEN": "very-secret"}))
    yield made
    await made.host.idle.end_all()


async def call(bench: Bench, function: str, *arguments: Any, **options: Any) -> AttemptResult:
    fields: dict[str, Any] = {"arguments": [one if isinstance(one, str) else json.dumps(one) for one in arguments]}
    fields["environment"] = options.pop("environment", {})
    fields["working_directory"] = options.pop("working_directory", str(bench.folder))
    return await bench.run(function, executor=PythonExecutor(), **fields, **options)


def output(result: AttemptResult) -> Any:
    assert (result.ending, result.error) == (Ending.SUCCEEDED, None)
    return json.loads(result.output or "null")


async def test_a_function_gets_its_arguments_and_its_result_is_that_of_the_run(bench: Bench) -> None:
    assert output(await call(bench, "jobs:add", 1, "b=2", "c=3")) == {"sum": 6}
    assert bench.stdout == "adding 1\n"
    assert output(await call(bench, "jobs:later", {"a": [1, None, "text"]})) == {"a": [1, None, "text"]}
    assert output(await call(bench, "jobs:Reports.send")) == "sent"
    assert (await call(bench, "jobs:moves")).output is None


async def test_the_next_call_with_the_same_environment_uses_the_same_process(bench: Bench) -> None:
    first, second = [output(await call(bench, "jobs:pid")) for _ in range(2)]
    assert first["pid"] == second["pid"]
    assert (first["calls"], second["calls"], second["run"]) == (1, 2, "7")
    other = output(await call(bench, "jobs:pid", environment={"MODE": "x"}))
    assert (other["mode"], other["calls"]) == ("x", 1)
    assert other["pid"] != first["pid"]
    output(await call(bench, "jobs:moves"))
    assert output(await call(bench, "jobs:cwd")) == str(bench.folder)
    assert output(await call(bench, "jobs:pid"))["mode"] is None


async def test_calls_at_once_have_processes_of_their_own(bench: Bench) -> None:
    benches = [Bench(bench.folder / str(number)) for number in range(2)]
    for one in benches:
        (one.folder / "jobs.py").write_text(MODULE, encoding="utf-8")
    both = await asyncio.gather(*(call(one, "jobs:pid") for one in benches))
    assert len({output(one)["pid"] for one in both}) == 2
    for one in benches:
        await one.host.idle.end_all()


async def test_a_module_that_changes_on_disk_is_loaded_again(bench: Bench) -> None:
    assert output(await call(bench, "jobs:Reports.send")) == "sent"
    file = bench.folder / "jobs.py"
    file.write_text(MODULE.replace('"sent"', '"sent again"'), encoding="utf-8")
    assert output(await call(bench, "jobs:Reports.send")) == "sent again"


async def test_an_exception_is_the_error_and_its_traceback_is_in_the_log(bench: Bench) -> None:
    result = await call(bench, "jobs:raises", '"no such report"')
    assert (result.ending, result.error, result.exit_code) == (Ending.FAILED, "ValueError: no such report", 1)
    assert bench.stderr.startswith("Traceback (most recent call last):\n")
    assert "in deeper" in bench.stderr
    assert "python_child" not in bench.stderr
    # The process stays: the next call finds its module loaded.
    assert output(await call(bench, "jobs:pid"))["calls"] == 1


@pytest.mark.parametrize(
    ("function", "arguments", "error", "exit_code"),
    [
        ("jobs:exits", (3,), "exit code 3", 3),
        ("jobs:exits", ('"bye"',), "exit code 1", 1),
        ("jobs:dies", (), "exit code 3", 3),
        ("jobs:nothing", (), "AttributeError: module 'jobs' has no attribute 'nothing'", 1),
        ("no_such_module:x", (), "ModuleNotFoundError: No module named 'no_such_module'", 1),
        ("jobs:add", (), "TypeError: add() missing 1 required positional argument: 'a'", 1),
        ("jobs:not_json", (), "NoJsonError: the returned value is not JSON", 1),
    ],
)
async def test_a_call_that_fails_says_why(
    bench: Bench, function: str, arguments: tuple[Any, ...], error: str, exit_code: int
) -> None:
    result = await call(bench, function, *arguments)
    assert result.ending is Ending.FAILED
    assert (result.error or "").removeprefix("__main__.").startswith(error), result.error
    assert result.exit_code == exit_code


async def test_exit_0_is_a_success(bench: Bench) -> None:
    assert (await call(bench, "jobs:exits", 0)).ending is Ending.SUCCEEDED


async def test_a_timeout_and_a_cancellation_end_the_process(bench: Bench) -> None:
    result = await call(bench, "jobs:hangs", timeout=3)
    assert (result.ending, result.error) == (Ending.TIMED_OUT, "timed out after 3 s")
    assert bench.stdout in ("", "begun\n")
    first = output(await call(bench, "jobs:pid"))["pid"]
    bench.cancelled.set_result(None)
    assert (await call(bench, "jobs:hangs")).ending is Ending.CANCELLED
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


async def test_what_a_function_leaves_running_ends_with_its_run(bench: Bench) -> None:
    mark = unique_sleep()
    await call(bench, "jobs:starts", json.dumps(mark))
    assert not alive(mark)
    other = unique_sleep()
    first = output(await call(bench, "jobs:orphans", json.dumps(other)))
    assert not alive(other)
    assert output(await call(bench, "jobs:pid"))["pid"] == first
    first = output(await call(bench, "jobs:thread"))
    assert output(await call(bench, "jobs:pid"))["pid"] != first


async def test_a_limit_of_memory_ends_a_call_with_its_name(bench: Bench) -> None:
    result = await call(bench, "jobs:grows", max_memory_mb=200)
    assert result.ending is Ending.FAILED
    assert "max_memory_mb" in (result.error or "")


async def test_secrets_reach_the_function_and_nothing_else(bench: Bench) -> None:
    result = await call(bench, "jobs:raises", '"${secret:TOKEN}"', environment={"MODE": "${secret:TOKEN}"})
    assert "very-secret" not in bench.stderr
    assert bench.secrets is not None
    assert "ValueError" in (result.error or "")


async def test_a_missing_interpreter_is_named(bench: Bench) -> None:
    result = await call(bench, "jobs:pid", environment={"VIRTUAL_ENV": "/no/such"})
    assert (result.ending, result.error) == (
        Ending.FAILED,
        "/no/such/bin/python cannot be started: No such file or directory",
    )


@pytest.mark.parametrize(
    "command", ["", "jobs", "jobs:", ":x", "jobs:x()", "jobs; rm:x", "a b:c", "1:2", "jobs:x\nimport"]
)
def test_a_command_names_a_function(command: str) -> None:
    assert [one.field for one in PythonExecutor().check(command=command, arguments=[])] == ["command"]


@pytest.mark.parametrize(
    ("argument", "is_valid"),
    [("1", True), ('"x"', True), ("name=[1]", True), ("x", False), ("NaN", False), ("name=x", False), ("", False)],
)
def test_arguments_are_json(argument: str, is_valid: bool) -> None:
    problems = PythonExecutor().check(command="jobs:x", arguments=["1", argument])
    assert [one.field for one in problems] == ([] if is_valid else ["arguments.1"])


async def test_the_owner_of_a_worker_permits_functions_by_their_names(bench: Bench) -> None:
    assert output(await call(bench, "jobs:Reports.send")) == "sent"
    bench.rules = OwnerRules(allow=AllowRules(commands=("jobs:*", "/opt/jobs/*")))
    # A folder that a task names could have a module of a permitted name.
    result = await call(bench, "jobs:Reports.send")
    assert result.error == "ModuleNotFoundError: No module named 'jobs'"
    for command, is_permitted in (("jobs:add", True), ("os:system", False)):
        assignment = bench.assignment(command, executor="python")
        assert (refusal(bench.rules, assignment, real_directory=None) is None) is is_permitted
    with_path = bench.assignment("jobs:add", executor="python", environment={"PYTHONPATH": "/tmp"})
    assert "PYTHONPATH" in (refusal(bench.rules, with_path, real_directory=None) or "")


async def test_a_task_of_the_backend_calls_a_function(system: System) -> None:
    await system.add_worker()
    listed = {one.name: one for one in await system.client.executors()}
    assert listed["python"].supports_arguments
    run = await system.run("call", executor="python", command="os.path:basename", arguments=['"/srv/report.txt"'])
    assert (run.status, run.output) == (RunStatus.SUCCEEDED, "report.txt")
    failed = await system.run("fails", executor="python", command="json:loads", arguments=['"{"'])
    assert failed.status is RunStatus.FAILED
    assert (failed.error or "").startswith("json.decoder.JSONDecodeError: ")
    assert "Traceback" in (failed.stderr_tail or "")
    with pytest.raises(ValidationFailedError, match="must name a function"):
        await system.create("wrong", executor="python", command="rm -rf /")
