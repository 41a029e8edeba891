"""Releases held runs when a delay has passed or another run has ended, and expires runs that waited too long."""

from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.events.wakes import Wake, WakeReason, WakeReceiver
from backend.runs.outbox import publish
from backend.runs.release import ReleasePass, release_due

_SWEEP_SECONDS = 10.0
"""The longest sleep, if a wake is lost or the database's clock is set."""
_SHORTEST_SECONDS = 0.001


class ReleaseLoop:
    """Sleeps until a task changes or until the next delay, expiry or rate limit passes."""

    def __init__(self, context: ServiceContext, session: LeaderSession) -> None:
        self.wakes = WakeReceiver({WakeReason.TASKS_CHANGED, WakeReason.ALL_TASKS_CHANGED})
        self._context = context
        self._session = session

    async def run(self) -> None:
        """Release until cancelled."""
        timeout = 0.0
        while True:
            wake = await self.wakes.wait(timeout_seconds=timeout)
            result = await self._release(wake)
            self._context.passes.record(result)
            timeout = _SWEEP_SECONDS
            if result.next_in is not None:
                timeout = min(_SWEEP_SECONDS, max(_SHORTEST_SECONDS, result.next_in.total_seconds()))

    async def _release(self, wake: Wake) -> ReleasePass:
        all_tasks = not wake or wake.has(WakeReason.ALL_TASKS_CHANGED)
        async with self._session.statements() as connection:
            result = await release_due(connection, wake.task_ids, all_tasks=all_tasks)
        publish(self._context, result.expired)
        if result.ready:
            self._context.signals.wake(WakeReason.RUNS_READY)
        if result.to_expand:
            self._context.signals.wake(WakeReason.FAN_OUT_READY)
        return result
