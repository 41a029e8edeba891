"""Creates the runs of due occurrences."""

from dataclasses import dataclass

from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.events.wakes import Wake, WakeReason, WakeReceiver
from backend.runs.outbox import publish
from backend.scheduling.due import SWEEP, fire_due, next_due
from backend.scheduling.following import follow_last_runs, following_tasks

_BATCH = 200
"""Tasks fired in one transaction. Between two batches the assigner uses the leader's connection, so that runs start
while others are created."""
_SHORTEST_SECONDS = 0.001
"""What fell due since the last statement is fired in the next pass, after the wakes of this millisecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePass:
    """How many tasks were due, and how many runs were created or cancelled because of it."""

    due: int = 0
    changed: int = 0


class ScheduleLoop:
    """Fires due occurrences; sleeps until the next one is due or a schedule changes."""

    def __init__(self, context: ServiceContext, session: LeaderSession) -> None:
        self.wakes = WakeReceiver(
            {WakeReason.SCHEDULES_CHANGED, WakeReason.TASKS_CHANGED, WakeReason.ALL_TASKS_CHANGED}
        )
        self.wakes.only_tasks = frozenset()
        self._context = context
        self._session = session
        self._following: frozenset[int] = frozenset()

    async def run(self) -> None:
        """Fire until cancelled."""
        timeout = 0.0
        while True:
            wake = await self.wakes.wait(timeout_seconds=timeout)
            await self._follow(wake)
            self._context.passes.record(await self._fire())
            timeout = await self._seconds_to_next()

    async def _follow(self, wake: Wake) -> None:
        """Set the next occurrence of tasks that follow their last run, once it has ended."""
        ended = self._following & wake.task_ids
        if not wake or wake.has(WakeReason.SCHEDULES_CHANGED, WakeReason.ALL_TASKS_CHANGED):
            async with self._session.transaction() as connection:
                ended = self._following = self.wakes.only_tasks = await following_tasks(connection)
        if ended:
            async with self._session.transaction() as connection:
                await follow_last_runs(connection, ended, settings=self._context.settings)

    async def _fire(self) -> SchedulePass:
        """Fire all that is due, in batches."""
        due = changed = 0
        while True:
            async with self._session.transaction() as connection:
                fired = await fire_due(connection, settings=self._context.settings, most=_BATCH)
            if not fired.tasks:
                return SchedulePass(due=due, changed=changed)
            publish(self._context, fired.changes)
            due += fired.tasks
            changed += len(fired.changes)

    async def _seconds_to_next(self) -> float:
        """Return how long to sleep: until the next occurrence is due."""
        async with self._session.statements() as connection:
            delay = await next_due(connection)
        if delay is None:
            return SWEEP.total_seconds()
        return min(SWEEP.total_seconds(), max(_SHORTEST_SECONDS, delay.total_seconds()))
