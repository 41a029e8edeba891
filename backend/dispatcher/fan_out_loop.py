"""Expands parent runs of fan-outs, and finishes them when their child runs have ended."""

from dataclasses import dataclass

from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.events.wakes import WakeReason, WakeReceiver
from backend.runs.fan_out import expand_parents, finish_parents
from backend.runs.model import RunChange
from backend.runs.outbox import publish

_SWEEP_SECONDS = 5.0
"""The longest sleep, if a wake is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOutPass:
    """How many parent and child runs were started or created, and how many ended."""

    expanded: int
    ended: int


class FanOutLoop:
    """Wakes for released parent runs, for workers that come or leave, and for tasks with running parent runs."""

    def __init__(self, context: ServiceContext, session: LeaderSession) -> None:
        self.wakes = WakeReceiver(
            {
                WakeReason.FAN_OUT_READY,
                WakeReason.WORKERS_CHANGED,
                WakeReason.TASKS_CHANGED,
                WakeReason.ALL_TASKS_CHANGED,
            }
        )
        self.wakes.only_tasks = frozenset()
        self._context = context
        self._session = session

    async def run(self) -> None:
        """Expand and finish until cancelled."""
        while True:
            await self.wakes.wait(timeout_seconds=_SWEEP_SECONDS)
            expanded = 0
            while changes := await self._expand():
                expanded += len(changes)
            ended = await self._finish()
            self._context.passes.record(FanOutPass(expanded=expanded, ended=len(ended)))

    async def _expand(self) -> list[RunChange]:
        async with self._session.transaction() as connection:
            changes = await expand_parents(connection, aging=self._context.settings.priority_aging)
        self.wakes.only_tasks = {*(self.wakes.only_tasks or ()), *(change.run.task_id for change in changes)}
        publish(self._context, changes)
        return changes

    async def _finish(self) -> list[RunChange]:
        async with self._session.transaction() as connection:
            finished = await finish_parents(connection)
        self.wakes.only_tasks = finished.running_tasks
        publish(self._context, finished.changes)
        return finished.changes
