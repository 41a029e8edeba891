"""The executor `shell` with the worker's own parts around it, without a broker's or a database's."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from backend.broker.messages import Ending, UpstreamResult
from backend.worker import child_process
from backend.worker.executors.shell import ShellExecutor
from shared.models.task import MOST_ARGUMENT_BYTES
from tests.backend.worker.bench import Bench
from tests.processes import alive, unique_sleep


@pytest.fixture
async def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        "sleep {own} &",
        "setsid sleep {own} &",
        "env -i setsid sleep {own} &",
        "env -i setsid sleep {own} >/dev/null 2>&1 </dev/null &",
        "env -i setsid sh -c 'sleep {own} & wait' >/dev/null 2>&1 </dev/null &",
        "env -i setsid sh -c 'sleep {own} & exit' >/dev/null 2>&1 </dev/null &",
    ],
)
async def test_no_descendant_outlives_its_run(bench: Bench, command: str) -> None:
    mark = unique_sleep()
    result = await bench.run(command.format(own=mark) + " echo started")
    assert (result.ending, bench.stdout) == (Ending.SUCCEEDED, "started\n")
    assert not alive(mark)


CHAIN = """
import os, time
while True:
    if os.fork():
        os._exit(0)
    os.setsid()
    time.sleep(0.005)
"""


async def test_a_process_that_always_becomes_another_one_ends_with_its_run(bench: Bench) -> None:
    mark = unique_sleep()
    result = await bench.run(
        f"env -i setsid {sys.executable} -c '{CHAIN}' {mark} >/dev/null 2>&1 </dev/null & sleep 0.2; echo started"
    )
    assert (result.ending, result.error, bench.stdout) == (Ending.SUCCEEDED, None, "started\n")
    assert not alive(mark)


async def test_a_timeout_ends_descendants_that_left_the_group(bench: Bench) -> None:
    mark = unique_sleep()
    result = await bench.run(
        f"env -i setsid sleep {mark} >/dev/null 2>&1 </dev/null & trap '' TERM; while :; do sleep 0.1; done",
        timeout=0.5,
    )
    assert (result.ending, result.error) == (Ending.TIMED_OUT, "timed out after 0.5 s")
    assert not alive(mark)


async def test_a_cancellation_ends_a_command(bench: Bench) -> None:
    bench.cancelled.set_result(None)
    result = await bench.run("sleep 60")
    assert (result.ending, result.error) == (Ending.CANCELLED, "cancelled")


async def test_a_real_time_signal_is_an_end_like_any_other(bench: Bench) -> None:
    result = await bench.run(f"kill -{signal.SIGRTMIN + 6} $$")
    assert (result.ending, result.exit_code) == (Ending.FAILED, 128 + signal.SIGRTMIN + 6)
    assert result.error == "ended by signal SIGRTMIN+6"


async def test_a_command_that_survives_sigkill_frees_its_slot(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one of another user does, which the worker may not signal."""
    groups: set[int] = set()
    monkeypatch.setattr(child_process, "KILL_SECONDS", 0.1)
    monkeypatch.setattr(child_process, "DRAIN_SECONDS", 0.1)
    with monkeypatch.context() as no_signals:
        no_signals.setattr(os, "killpg", lambda pid, _: groups.add(pid))
        result = await bench.run("exec sleep 60", timeout=0.2)
    [pid] = groups
    await kill_and_reap(pid)
    assert result.ending is Ending.TIMED_OUT
    assert result.error == (
        f"timed out after 0.2 s; process {pid} (sleep 60) could not be ended and is still running: "
        "the worker may not signal it"
    )


async def kill_and_reap(pid: int) -> None:
    """Kill a process and return when the worker has been told of its end."""
    has_ended = asyncio.Event()
    descriptor = os.pidfd_open(pid)
    asyncio.get_running_loop().add_reader(descriptor, has_ended.set)
    os.kill(pid, signal.SIGKILL)
    await has_ended.wait()
    asyncio.get_running_loop().remove_reader(descriptor)
    os.close(descriptor)
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("command", "stdout", "exit_code"),
    [
        ("cd /\r\npwd\r\nexit 3\r\n", "/\n", 3),
        ("#!/usr/bin/env python3\nimport sys\nprint(sys.argv[1])", "x y\n", 0),
        ("#!/usr/bin/env python3\r\nprint(1)\r\n", "1\n", 0),
        ("\ufeff#!/usr/bin/env python3\nprint(2)", "2\n", 0),
        ("\n  #!/usr/bin/env python3\nprint(3)", "3\n", 0),
        ("#! /bin/sh -e\nfalse\necho not reached", "", 1),
        ('printf %s "$1"', "x y", 0),
    ],
)
async def test_a_command_is_run_as_it_was_meant(bench: Bench, command: str, stdout: str, exit_code: int) -> None:
    result = await bench.run(command, arguments=["x y"])
    assert (bench.stdout, result.exit_code) == (stdout, exit_code)


async def test_a_script_need_not_be_executable(bench: Bench) -> None:
    result = await bench.run('#!/bin/sh\ntest ! -x "$0" && echo by its interpreter')
    assert (result.exit_code, bench.stdout) == (0, "by its interpreter\n")


async def test_a_missing_interpreter_is_named(bench: Bench) -> None:
    result = await bench.run("#!/no/such/interpreter\n")
    assert (result.exit_code, result.error) == (
        126,
        "the script's interpreter /no/such/interpreter cannot be started: No such file or directory",
    )


async def test_a_command_may_be_longer_than_an_argument(bench: Bench) -> None:
    result = await bench.run(f'# {"x" * MOST_ARGUMENT_BYTES}\necho "$1"', arguments=["argument"])
    assert (result.ending, bench.stdout) == (Ending.SUCCEEDED, "argument\n")


async def test_many_upstreams_may_leave_much(bench: Bench) -> None:
    upstreams = [
        UpstreamResult(task_name=f"task {n}", run_id=n, status="succeeded", output=f'"{"x" * 32_000}"')
        for n in range(70)
    ]
    result = await bench.run('wc -c < "$TASKDECK_UPSTREAMS"', upstreams=upstreams)
    assert result.ending is Ending.SUCCEEDED
    assert int(bench.stdout) > 70 * 32_000
    assert "TASKDECK_UPSTREAMS" in bench.stderr


@pytest.mark.parametrize(
    "command",
    [
        r"""printf '{"a":"\\ud800"}' > "$TASKDECK_OUTPUT" """,
        """printf '{"a":1e999}' > "$TASKDECK_OUTPUT" """,
        """ln -s /dev/zero "$TASKDECK_OUTPUT" """,
        """mkfifo "$TASKDECK_OUTPUT" """,
    ],
)
async def test_an_output_that_cannot_be_kept_is_noted_and_fails_nothing(bench: Bench, command: str) -> None:
    result = await bench.run(command)
    assert (result.ending, result.output) == (Ending.SUCCEEDED, None)
    assert "was not kept" in bench.stderr
    assert result.error is not None
    assert result.error in bench.stderr


@pytest.mark.parametrize(
    ("folder", "says"),
    [
        ("/no/such/folder", "/no/such/folder does not exist on worker w1"),
        ("/dev/null", "/dev/null is not a directory on worker w1"),
        ("/dev/null/x", "cannot be used (Not a directory)"),
        ("/" + "a" * 300, "cannot be used (File name too long)"),
        ("/no\x1b[31m", "/no\\x1b[31m does not exist"),
    ],
)
async def test_a_working_directory_that_cannot_be_used_is_named(bench: Bench, folder: str, says: str) -> None:
    result = await bench.run("true", working_directory=folder)
    assert result.ending is Ending.FAILED
    assert says in (result.error or "")


async def test_a_variable_that_the_kernel_refuses_is_named(bench: Bench) -> None:
    result = await bench.run("true", environment={"FINE": "x" * 100_000, "LONG": "x" * 131_072})
    assert result.error == "the environment variable LONG is longer than 131,071 bytes with its name"


@pytest.mark.parametrize("command", ["#!", "#!  \necho x", "\ufeff#!\r\n"])
def test_a_script_without_an_interpreter_is_refused_when_its_task_is_saved(command: str) -> None:
    [problem] = ShellExecutor().check(command=command, arguments=[])
    assert "names no interpreter" in problem.message
