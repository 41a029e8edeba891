"""Creates the runs of due occurrences."""

from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.events.wakes import Wake, WakeReason, WakeReceiver
from backend.runs.outbox import publish
from backend.scheduling.due import fire_due, next_due
from backend.scheduling.following import follow_last_runs, following_tasks

_BATCH = 200
"""Tasks fired in one transaction. Between two batches the assigner uses the leader's connection, so that runs start
while others are created."""
_SWEEP_SECONDS = 10.0
"""The longest sleep, if a wake is lost or the database's clock is set."""


class SchedulingLoop:
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
            timeout = await self._fire()

    async def _follow(self, wake: Wake) -> None:
        """Set the next occurrence of tasks that follow their last run, once it has ended."""
        ended = self._following & wake.task_ids
        if not wake or wake.has(WakeReason.SCHEDULES_CHANGED, WakeReason.ALL_TASKS_CHANGED):
            async with self._session.transaction() as connection:
                ended = self._following = self.wakes.only_tasks = await following_tasks(connection)
        if ended:
            async with self._session.transaction() as connection:
                await follow_last_runs(connection, ended, settings=self._context.settings)

    async def _fire(self) -> float:
        """Fire all that is due; return the seconds until the next occurrence."""
        while True:
            async with self._session.transaction() as connection:
                fired = await fire_due(connection, settings=self._context.settings, most=_BATCH)
                delay = await next_due(connection) if not fired.tasks else None
            if not fired.tasks:
                break
            publish(self._context, fired.changes)
        if delay is None:
            return _SWEEP_SECONDS
        return min(_SWEEP_SECONDS, max(0.001, delay.total_seconds()))
