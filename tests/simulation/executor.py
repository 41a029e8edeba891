"""The executor of the simulation: it waits in virtual time and ends as the seed says."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from backend.broker.messages import AttemptResult, Ending
from backend.executor_spec import ExecutorDescription
from backend.worker.executors.contract import Attempt, failed
from shared.enums import LogStream
from shared.errors import FieldError
from tests.simulation.clock import VirtualClock
from tests.simulation.process import PROCESS

NAME = "simulated"


@dataclass(slots=True, kw_only=True)
class Execution:
    """One time that a command was started; `exit_code` is None while it has not ended by itself."""

    run_id: int
    attempt: int
    task_id: int
    worker: str
    began: float
    nth: int
    ended: float | None = None
    exit_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What the command of a task does: seconds at most, and the chance of each way to end."""

    longest: float = 2.0
    fails: float = 0.0
    hangs: float = 0.0
    raises: float = 0.0
    poisons: float = 0.0

    def text(self) -> str:
        """Return it as a command."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})


@dataclass(slots=True)
class Executions:
    """Every execution of a simulation, over all workers."""

    clock: VirtualClock
    seed: int
    every: list[Execution] = field(default_factory=list)


class SimulatedExecutor:
    """Runs nothing. Its results name the execution that they are of."""

    description = ExecutorDescription(name=NAME, description="Waits in virtual time.")

    def __init__(self, executions: Executions) -> None:
        self._executions = executions

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Accept every command."""
        return []

    async def execute(self, attempt: Attempt) -> AttemptResult:
        """Wait, fail, hang, raise, or return what cannot be stored."""
        executions, assignment = self._executions, attempt.assignment
        behaviour = Behaviour(**json.loads(assignment.command))
        chance = Random(f"{executions.seed}/{assignment.run_id}/{assignment.attempt}")
        execution = Execution(
            run_id=assignment.run_id,
            attempt=assignment.attempt,
            task_id=assignment.task_id,
            worker=attempt.worker_id,
            began=executions.clock.elapsed,
            nth=len(executions.every),
        )
        executions.every.append(execution)
        seconds, kind = chance.uniform(0.01, behaviour.longest), chance.random()
        if kind < behaviour.hangs:
            seconds = 10_000.0
        work = asyncio.ensure_future(asyncio.sleep(seconds))
        try:
            stopped = await attempt.wait(work)
        finally:
            work.cancel()
        process = PROCESS.get()
        if process is not None and process.is_dead:
            raise asyncio.CancelledError
        execution.ended = executions.clock.elapsed
        if stopped is not None:
            return attempt.stopped(stopped)
        attempt.output.write(LogStream.STDOUT, f"execution {execution.nth}\n".encode())
        kind -= behaviour.hangs
        if kind < behaviour.raises:
            raise RuntimeError("the simulated command raised")
        kind -= behaviour.raises
        if kind < behaviour.poisons and assignment.attempt == 1:
            poison = _poison(chance)
            execution.exit_code = poison.exit_code
            return poison
        kind -= behaviour.poisons
        if kind < behaviour.fails:
            execution.exit_code = chance.randint(1, 3)
            return failed("the simulated command failed", exit_code=execution.exit_code)
        execution.exit_code = 0
        return AttemptResult(ending=Ending.SUCCEEDED, exit_code=0, output=json.dumps({"nth": execution.nth}))


def _poison(chance: Random) -> AttemptResult:
    """Return a result that a plug-in must not return."""
    return chance.choice(
        (
            failed("\x00 and \ud800 are no text", exit_code=1),
            failed("no exit code", exit_code=2**40),
            AttemptResult(ending=Ending.SUCCEEDED, exit_code=0, output="{"),
        )
    )
