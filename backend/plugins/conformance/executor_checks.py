"""What must hold of an executor, checked with commands that its author names."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import psutil

from backend.broker.messages import AttemptResult, Ending
from backend.plugins.conformance.checks import Check, require
from backend.plugins.conformance.harness import KILL_GRACE, Harness, open_harness
from backend.plugins.executors import Executor
from shared.errors import FieldError
from shared.printable_text import why_unprintable

_HOSTILE_COMMANDS = (
    "",
    " ",
    "\x00",
    "\x1b[2J",
    "x" * 300_000,
    "é…😀",
    "\u202e",
    "{",
    "[]",
    "; rm -rf /",
    "${secret:X}",
)
_AT_ONCE = 20
_CANCEL_AFTER_SECONDS = 0.3
_TIMEOUT_SECONDS = 0.5
_SOME_SECONDS = 5.0
"""What an executor may need beyond the grace to end an attempt."""
_MOST_HELD_SECONDS = 0.25
_TICK_SECONDS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorExamples:
    """Commands that show how an executor behaves; `lasting` takes a minute at least, `wrong` is refused when saved."""

    good: str
    failing: str | None = None
    lasting: str | None = None
    wrong: str | None = None
    arguments: Sequence[str] = ()


def executor_checks(name: str, make: Callable[[], Executor], examples: ExecutorExamples) -> list[Check]:
    """Return the checks of an executor by the name of its entry point, without those whose example is missing."""
    checks = _Checks(name, make, examples)
    found = [
        Check("It is made without arguments, any number of times.", checks.is_made),
        Check("Its description has the name of the entry point and a sentence.", checks.is_described),
        Check("A command that is right is accepted when its task is saved.", checks.accepts),
        Check("check returns, and raises nothing, whatever it is given.", checks.survives_anything),
        Check("A command that is right succeeds.", checks.succeeds),
        Check("It does not hold the event loop for longer than 250 ms.", checks.lets_the_loop_go_on),
        Check("It executes twenty attempts at once, each with its own output.", checks.executes_many),
        Check("It leaves no process, thread, background task and folder behind.", checks.leaves_nothing),
    ]
    if examples.wrong is not None:
        found.append(Check("A command that is wrong is refused with a field and a message.", checks.refuses))
    if examples.failing is not None:
        found.append(Check("A command that fails gives a failed result with an error in one line.", checks.fails))
    if examples.lasting is not None:
        found += [
            Check("An attempt that is cancelled ends in time, as cancelled.", checks.is_cancelled),
            Check("An attempt ends at its timeout, as timed out.", checks.times_out),
            Check("An attempt whose worker stops leaves nothing behind.", checks.is_abandoned),
        ]
    return found


class _Checks:
    def __init__(self, name: str, make: Callable[[], Executor], examples: ExecutorExamples) -> None:
        self._name = name
        self._make = make
        self._examples = examples

    async def is_made(self) -> None:
        require(self._make() is not None and self._make() is not None, "it made nothing")

    async def is_described(self) -> None:
        description = self._make().description
        require(description.name == self._name, f"its name is {description.name!r}, the entry point is {self._name!r}")
        require(description.description.strip(), "it has no sentence")
        require(why_unprintable(description.description) is None, "its sentence has control characters")

    async def accepts(self) -> None:
        found = self._make().check(command=self._examples.good, arguments=list(self._examples.arguments))
        require(found == [], f"it was refused: {found}")

    async def refuses(self) -> None:
        assert self._examples.wrong is not None
        found = self._make().check(command=self._examples.wrong, arguments=[])
        require(found, "it was accepted")
        for error in found:
            require(isinstance(error, FieldError) and error.field and error.message, f"{error!r} is no FieldError")

    async def survives_anything(self) -> None:
        executor = self._make()
        for command in _HOSTILE_COMMANDS:
            for arguments in ([], [command, command]):
                found = executor.check(command=command, arguments=arguments)
                require(isinstance(found, list), f"for {command[:20]!r} it returned {found!r}")
                again = executor.check(command=command, arguments=arguments)
                require(found == again, f"for {command[:20]!r} it returned something else the second time")

    async def succeeds(self) -> None:
        async with open_harness() as harness:
            result = await self._good(harness)
        require(isinstance(result, AttemptResult), f"it returned {result!r}")
        require(result.ending is Ending.SUCCEEDED, f"it ended as {result.ending}: {result.error}")

    async def fails(self) -> None:
        assert self._examples.failing is not None
        async with open_harness() as harness:
            tried = harness.attempt(self._examples.failing, self._examples.arguments)
            result = await harness.execute(self._make(), tried)
        require(result.ending is Ending.FAILED, f"it ended as {result.ending}")
        require(result.error and "\n" not in result.error, f"its error is {result.error!r}")

    async def lets_the_loop_go_on(self) -> None:
        async with open_harness() as harness, _longest_hold() as holds:
            await self._good(harness)
        longest = max(holds, default=0.0)
        require(longest < _MOST_HELD_SECONDS, f"it held the event loop for {longest:.2f} s")

    async def executes_many(self) -> None:
        executor = self._make()
        async with open_harness() as harness:
            tried = [harness.attempt(self._examples.good, self._examples.arguments) for _ in range(_AT_ONCE)]
            results = await asyncio.gather(*(harness.execute(executor, one) for one in tried))
        wrong = [result for result in results if result.ending is not Ending.SUCCEEDED]
        require(not wrong, f"{len(wrong)} of them ended otherwise: {wrong[:1]}")
        outputs = {len(one.stdout) for one in tried}
        require(len(outputs) == 1, f"their outputs have different lengths: {sorted(outputs)}")

    async def leaves_nothing(self) -> None:
        async with _nothing_left() as check, open_harness() as harness:
            tried = harness.attempt(self._examples.good, self._examples.arguments)
            await harness.execute(self._make(), tried)
            require(not tried.attempt.folder.exists(), "it left the folder of its attempt")
            await harness.host.idle.end_all()
            check()

    async def is_cancelled(self) -> None:
        result = await self._stopped(cancels=True)
        require(result.ending is Ending.CANCELLED, f"it ended as {result.ending}: {result.error}")

    async def times_out(self) -> None:
        result = await self._stopped(cancels=False)
        require(result.ending is Ending.TIMED_OUT, f"it ended as {result.ending}: {result.error}")

    async def is_abandoned(self) -> None:
        async with _nothing_left() as check, open_harness() as harness:
            tried = harness.attempt(self._examples.lasting or "", self._examples.arguments)
            running = asyncio.ensure_future(harness.execute(self._make(), tried))
            await asyncio.wait((running,), timeout=_CANCEL_AFTER_SECONDS)
            running.cancel()
            await _within(asyncio.wait((running,)), "it went on after its task was cancelled")
            require(not tried.attempt.folder.exists(), "it left the folder of its attempt")
            await harness.host.idle.end_all()
            check()

    async def _good(self, harness: Harness) -> AttemptResult:
        tried = harness.attempt(self._examples.good, self._examples.arguments)
        return await harness.execute(self._make(), tried)

    async def _stopped(self, *, cancels: bool) -> AttemptResult:
        async with _nothing_left() as check, open_harness() as harness:
            timeout = 60.0 if cancels else _TIMEOUT_SECONDS
            tried = harness.attempt(self._examples.lasting or "", self._examples.arguments, timeout_seconds=timeout)
            running = asyncio.ensure_future(harness.execute(self._make(), tried))
            if cancels:
                await asyncio.wait((running,), timeout=_CANCEL_AFTER_SECONDS)
                require(not running.done(), "the lasting command had ended before it was cancelled")
                tried.cancelled.set_result(None)
            await _within(asyncio.wait((running,)), "it did not end")
            await harness.host.idle.end_all()
            check()
            return running.result()


async def _within(waiting: Awaitable[object], words: str) -> None:
    seconds = KILL_GRACE.total_seconds() + _SOME_SECONDS
    try:
        async with asyncio.timeout(seconds):
            await waiting
    except TimeoutError:
        raise AssertionError(f"{words} within {seconds:g} s") from None


@contextlib.asynccontextmanager
async def _longest_hold() -> AsyncIterator[list[float]]:
    """Yield a list that gets how long each turn of the event loop took."""
    held: list[float] = []
    clock = asyncio.get_running_loop().time

    async def tick() -> None:
        while True:
            began = clock()
            await asyncio.sleep(_TICK_SECONDS)
            held.append(clock() - began - _TICK_SECONDS)

    ticking = asyncio.create_task(tick())
    try:
        await asyncio.sleep(0)
        yield held
        await asyncio.sleep(2 * _TICK_SECONDS)  # what came last is seen in the next turn
    finally:
        ticking.cancel()
        await asyncio.wait((ticking,))


@contextlib.asynccontextmanager
async def _nothing_left() -> AsyncIterator[Callable[[], None]]:
    """Yield a check that no process, background task and thread is there that was not there before."""
    own = psutil.Process()
    processes = set(own.children(recursive=True))
    tasks = asyncio.all_tasks()
    # Threads of asyncio's own pool stay for the next work.
    threads = set(threading.enumerate())

    def check() -> None:
        # What was there before may start processes during the check.
        new = [one for one in own.children(recursive=True) if one not in processes and _is_running(one)]
        left = [one.pid for one in new if processes.isdisjoint(_ancestors(one))]
        require(not left, f"these processes are still running: {left}")
        others = [one.get_name() for one in asyncio.all_tasks() - tasks if not one.done()]
        require(not others, f"these tasks are still running: {others}")
        own_threads = [
            one.name for one in set(threading.enumerate()) - threads if not one.name.startswith(("asyncio_", "pydevd"))
        ]
        require(not own_threads, f"these threads are still running: {own_threads}")

    yield check


def _ancestors(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.parents()
    except psutil.Error:
        return []


def _is_running(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
