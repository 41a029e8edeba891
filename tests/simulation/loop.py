"""An event loop in virtual time: it advances to the next timer when nothing else is left to do."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from functools import partial
from itertools import count
from typing import Any, TypeVar

from tests.simulation.clock import VirtualClock
from tests.simulation.process import PROCESS
from tests.simulation.wire import Wire

T = TypeVar("T")

_MOST_TURNS = 20_000
"""Turns of the loop in which no time passes and no statement executes."""
_TICK_SECONDS = 1e-6
"""The smallest step of the clock, far above the precision of a float."""


class NothingLeftError(Exception):
    """No timer, message or statement is left, and the simulation has not ended."""


class SpinningError(Exception):
    """The parts do work without end, and none of them waits."""


class NumberedTask(asyncio.Task[T]):
    """A task that sets order by its number and not by its address, so that a seed replays."""

    def __init__(self, coroutine: Coroutine[Any, Any, T], *, number: int, **more: Any) -> None:
        self._number = number
        super().__init__(coroutine, **more)

    def __hash__(self) -> int:
        return self._number


class NumberedFuture(asyncio.Future[T]):
    """A future that sets order by its number."""

    def __init__(self, *, number: int, loop: asyncio.AbstractEventLoop) -> None:
        self._number = number
        super().__init__(loop=loop)

    def __hash__(self) -> int:
        return self._number


class _Selector(selectors.DefaultSelector):
    """Advances the clock. Nothing arrives by itself: who reads a socket blocks until it has the whole answer."""

    clock: VirtualClock
    turns = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.turns += 1
        if self.turns > _MOST_TURNS:
            raise SpinningError(_stacks())
        if timeout == 0:
            return []
        if timeout is None:
            raise NothingLeftError
        self.turns = 0
        self.clock.now += max(timeout, _TICK_SECONDS)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs each callback as part of its process: later if that is stopped.

    What the product gives to a thread is done at once; the answer comes `work_seconds` later.
    """

    def __init__(self, clock: VirtualClock, wire: Wire) -> None:
        selector = _Selector()
        selector.clock = clock
        self._clock = clock
        self._wire = wire
        self._numbers = count()
        setattr(self, "create_unix_connection", self.create_connection)  # noqa: B010 - asyncpg calls either
        self.work_seconds: Callable[[], float] = lambda: 0.0
        super().__init__(selector)
        self.set_task_factory(lambda loop, coroutine, **more: _make_task(loop, coroutine, next(self._numbers), **more))
        self.set_exception_handler(lambda _, context: wire.on_unhandled(context))

    def time(self) -> float:
        return self._clock.now

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        step = _Step(callback, args, copy_context() if context is None else context)
        step.handle = super().call_soon(step, context=step.context)
        return step.handle

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        step = _Step(callback, args, copy_context() if context is None else context)
        handle = step.handle = super().call_at(when, step, context=step.context)
        return handle

    def create_future(self) -> asyncio.Future[Any]:
        return NumberedFuture(number=next(self._numbers), loop=self)

    def run_in_executor(  # type: ignore[override]
        self, executor: object, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        future = self.create_future()
        try:
            answer = partial(future.set_result, func(*args))
        except Exception as error:  # noqa: BLE001 - it belongs to who awaits the work
            answer = partial(future.set_exception, error)
        self.call_later(self.work_seconds(), lambda: None if future.done() else answer())
        return future

    async def create_connection(self, factory: Any, *args: Any, **_named: Any) -> Any:  # type: ignore[override]
        return await self._wire.connect(factory, *args)


def _make_task(loop: asyncio.AbstractEventLoop, coroutine: Any, number: int, **more: Any) -> asyncio.Task[Any]:
    task: NumberedTask[Any] = NumberedTask(coroutine, number=number, loop=loop, **more)
    context = more.get("context")
    process = context.get(PROCESS) if context is not None else PROCESS.get()
    if process is not None:
        process.add_task(task)
    return task


class _Step:
    """A callback of a process: done later if that is stopped, unless it is cancelled until then."""

    __slots__ = ("_args", "_callback", "context", "handle")

    def __init__(self, callback: Callable[..., object], args: tuple[Any, ...], context: Context) -> None:
        self._callback = callback
        self._args = args
        self.context = context
        self.handle: asyncio.Handle | None = None

    def __call__(self) -> None:
        process = self.context.get(PROCESS)
        if process is not None and process.is_stopped:
            process.defer(self._resume)
        else:
            self._callback(*self._args)

    def _resume(self) -> None:
        if self.handle is None or not self.handle.cancelled():
            self.context.run(self._callback, *self._args)


def _stacks() -> str:
    found = []
    for task in asyncio.all_tasks():
        places = [f"{frame.f_code.co_filename}:{frame.f_lineno}" for frame in task.get_stack()]
        found.append(f"{task.get_name()}: {' '.join(places)}")
    return "\n".join(sorted(found))
