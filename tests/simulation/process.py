"""A simulated process: tasks that are stopped, killed and cut off together."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any, TypeVar

T = TypeVar("T")

_MOST_CANCELLATIONS = 20
"""How often a task of a killed process is cancelled until it has ended; a clean-up may wait several times."""


class Process:
    """One process. Every asyncio task that is created within `start` belongs to it.

    `database_is_cut`: its packets to the database are dropped, in both directions.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_stopped = False
        self.is_dead = False
        self.database_is_cut = False
        self.statements = 0
        self.on_kill: list[Callable[[], None]] = []
        """Cut its connections; called before its tasks are cancelled."""
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self._backlog: list[Callable[[], object]] = []

    def __repr__(self) -> str:
        return self.name

    def start(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run a coroutine as part of this process."""
        context = copy_context()
        context.run(PROCESS.set, self)
        return asyncio.get_running_loop().create_task(coroutine, context=context)

    def add_task(self, task: asyncio.Task[Any]) -> None:
        """Note a task that was created in this process."""
        self.tasks[task] = None
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self.tasks.pop(task, None)
        if not task.cancelled():
            task.exception()

    def defer(self, step: Callable[[], object]) -> None:
        """Do a step when the process continues: it is stopped now."""
        self._backlog.append(step)

    def stop(self) -> None:
        """Execute nothing from now on, as after SIGSTOP. Connections stay open."""
        self.is_stopped = True

    def resume(self) -> None:
        """Continue with what became due in the meantime, in its order."""
        self.is_stopped = False
        backlog, self._backlog = self._backlog, []
        for step in backlog:
            asyncio.get_running_loop().call_soon(step, context=outside())

    async def kill(self) -> None:
        """End at once, as after SIGKILL: nothing that its clean-up does reaches the outside."""
        if self.is_dead:
            return
        self.is_dead = True
        for cut in self.on_kill:
            cut()
        if self.is_stopped:
            self.resume()
        for _ in range(_MOST_CANCELLATIONS):
            if not self.tasks:
                return
            for task in list(self.tasks):
                task.cancel()
            for _ in range(10):
                await asyncio.sleep(0)
        if self.tasks:
            raise AssertionError(f"{self.name} was killed, and these tasks do not end: {list(self.tasks)}")


PROCESS: ContextVar[Process | None] = ContextVar("PROCESS", default=None)
"""The process that the current code belongs to; None is the simulation itself."""


def outside() -> Context:
    """Return a context that belongs to no process."""
    context = copy_context()
    context.run(PROCESS.set, None)
    return context
