"""Starts the runs whose dependencies are satisfied."""

from dataclasses import dataclass

from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.events.wakes import Wake, WakeReason, WakeReceiver
from backend.runs.outbox import publish
from backend.tasks.resolve import affected_tasks, resolve, tasks_with_dependencies

_SWEEP_SECONDS = 60.0
"""How often all dependencies are checked, if a wake is lost."""


@dataclass(frozen=True, slots=True)
class ResolvePass:
    """How many runs were created or unblocked."""

    started: int


class DependencyLoop:
    """Checks the dependencies of, and on, each task whose runs ended or were created."""

    def __init__(self, context: ServiceContext, session: LeaderSession) -> None:
        self.wakes = WakeReceiver({WakeReason.TASKS_CHANGED, WakeReason.ALL_TASKS_CHANGED})
        self._context = context
        self._session = session

    async def run(self) -> None:
        """Resolve until cancelled."""
        while True:
            wake = await self.wakes.wait(timeout_seconds=_SWEEP_SECONDS)
            started = 0
            while changed := await self._resolve(wake):
                started += changed
            self._context.passes.record(ResolvePass(started))

    async def _resolve(self, wake: Wake) -> int:
        """Start what can start; return how many runs did. Another run may then wait behind them."""
        async with self._session.statements() as connection:
            if not wake or wake.has(WakeReason.ALL_TASKS_CHANGED):
                task_ids = await tasks_with_dependencies(connection)
            else:
                task_ids = await affected_tasks(connection, wake.task_ids)
        if not task_ids:
            return 0
        async with self._session.transaction() as connection:
            changes = await resolve(connection, task_ids, settings=self._context.settings)
        publish(self._context, changes)
        return len(changes)
