"""The checks of plug-ins hold for our own executors and strategies, and notice each way to break the contract."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from backend.plugins.conformance import ExecutorExamples, executor_checks, strategy_checks
from backend.plugins.conformance.checks import outcomes
from backend.plugins.executors import Attempt, AttemptResult, ExecutorDescription, FieldError, succeeded
from backend.plugins.strategies import Run, Strategy, StrategyOptions, Worker
from backend.worker.executors.noop import NoopExecutor
from backend.worker.executors.python import PythonExecutor
from backend.worker.executors.shell import ShellExecutor
from backend.workers.strategies import LeastLoaded, PriorityReserve, RoundRobin, Spread, Sticky

OWN: dict[str, tuple[Any, ExecutorExamples]] = {
    "shell": (ShellExecutor, ExecutorExamples(good="echo x", failing="exit 3", lasting="sleep 60", wrong="")),
    "noop": (NoopExecutor, ExecutorExamples(good="")),
    "python": (
        PythonExecutor,
        ExecutorExamples(good="math:factorial", failing="time:no", lasting="time:sleep", wrong="a b", arguments=["60"]),
    ),
}


@pytest.mark.parametrize("name", list(OWN))
async def test_our_executors_fulfil_the_contract(name: str) -> None:
    make, examples = OWN[name]
    done = await outcomes(executor_checks(name, make, examples))
    assert [one for one in done if one.found] == []


@pytest.mark.parametrize("make", [LeastLoaded, PriorityReserve, RoundRobin, Spread, Sticky])
async def test_our_strategies_fulfil_the_contract(make: Any) -> None:
    done = await outcomes(strategy_checks(make))
    assert [one for one in done if one.found] == []


class Base:
    """Fulfils the contract; each of those below breaks a part of it."""

    description = ExecutorDescription(name="broken", description="Sleeps.")

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        return [FieldError("command", "is wrong")] if command == "wrong" else []

    async def execute(self, attempt: Attempt) -> AttemptResult:
        seconds = 60.0 if attempt.assignment.command == "lasting" else 0.0
        stop = await attempt.wait(asyncio.ensure_future(asyncio.sleep(seconds)))
        return succeeded() if stop is None else attempt.stopped(stop)


class Named(Base):
    description = ExecutorDescription(name="other", description="Sleeps.")


class Refuses(Base):
    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        return [FieldError("command", "is never right")]


class Raises(Base):
    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        return [] if command.isascii() else [FieldError("command", str(1 // 0))]


class Accepts(Base):
    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        return []


class Blocks(Base):
    async def execute(self, attempt: Attempt) -> AttemptResult:
        time.sleep(0.4)  # noqa: ASYNC251
        return succeeded()


class IgnoresCancellation(Base):
    async def execute(self, attempt: Attempt) -> AttemptResult:
        stop = await attempt.wait(asyncio.ensure_future(asyncio.sleep(0)))
        return succeeded() if stop is None else attempt.stopped(stop)


class LeavesAProcess(Base):
    async def execute(self, attempt: Attempt) -> AttemptResult:
        LEFT.append(subprocess.Popen(["sleep", "60"]))  # noqa: ASYNC220
        return succeeded()


class LeavesAThread(Base):
    async def execute(self, attempt: Attempt) -> AttemptResult:
        threading.Thread(target=OVER.wait, args=(60,), daemon=True).start()
        return succeeded()


class LeavesAFolder(Base):
    async def execute(self, attempt: Attempt) -> AttemptResult:
        attempt.folder.mkdir(parents=True)
        return succeeded()


class Fails(Base):
    async def execute(self, attempt: Attempt) -> AttemptResult:
        raise RuntimeError("out of order")


LEFT: list["subprocess.Popen[bytes]"] = []
OVER = threading.Event()
EXAMPLES = ExecutorExamples(good="good", lasting="lasting", wrong="wrong")


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (Named, "name of the entry point"),
        (Refuses, "is accepted when"),
        (Raises, "whatever it is given"),
        (Accepts, "is refused with a field"),
        (Blocks, "hold the event loop"),
        (IgnoresCancellation, "as cancelled"),
        (IgnoresCancellation, "as timed out"),
        (LeavesAProcess, "leaves no process"),
        (LeavesAThread, "leaves no process"),
        (LeavesAFolder, "leaves no process"),
        (Fails, "that is right succeeds"),
    ],
)
async def test_a_broken_executor_is_noticed(broken: type[Base], sentence: str) -> None:
    checks = [one for one in executor_checks("broken", broken, EXAMPLES) if sentence in one.sentence]
    assert len(checks) == 1
    OVER.clear()
    try:
        (outcome,) = await outcomes(checks)
    finally:
        OVER.set()
        for process in LEFT:
            process.kill()
            process.wait()
        LEFT.clear()
    assert outcome.found


class Invents:
    def __init__(self, options: StrategyOptions) -> None:
        pass

    def choose(self, run: Run, workers: Sequence[Worker]) -> Worker | None:
        return next((worker for worker in workers if not worker.free), workers[0])


class Waits(Invents):
    def choose(self, run: Run, workers: Sequence[Worker]) -> Worker | None:
        return None


class Changes(Invents):
    def choose(self, run: Run, workers: Sequence[Worker]) -> Worker | None:
        workers[0].in_flight += 1  # type: ignore[misc]
        return None


class Slow(Invents):
    def choose(self, run: Run, workers: Sequence[Worker]) -> Worker | None:
        for _ in range(100):
            sorted(workers, key=lambda worker: str(worker))
        return next(worker for worker in workers if worker.free)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [(Invents, "with a free slot"), (Waits, "idle"), (Changes, "changes neither"), (Slow, "thousand workers")],
)
async def test_a_broken_strategy_is_noticed(broken: type[Strategy], sentence: str) -> None:
    (check,) = [one for one in strategy_checks(broken) if sentence in one.sentence]
    (outcome,) = await outcomes([check])
    assert outcome.found


def test_the_command_prints_each_check_and_exits_with_what_it_found(tmp_path: Path) -> None:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "backend.plugins.conformance", *arguments],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    done = run("strategy", "spread")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "6 of 6 checks hold."), done.stdout + done.stderr
    done = run("executor", "shell", "--good", "exit 3")
    assert done.returncode == 1
    assert "FAILED  A command that is right succeeds." in done.stdout
    assert "exit code 3" in done.stdout
    assert "not installed" in run("executor", "cobol").stderr
