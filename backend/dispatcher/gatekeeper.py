"""Lets runs through that waited for a delay to pass, or for others to end."""

from datetime import timedelta

from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.events.wakes import Wake, WakeReason, WakeReceiver
from backend.runs import release as store
from backend.runs.limits import decide_release
from backend.runs.outbox import publish

_SWEEP_SECONDS = 10.0


class Gatekeeper:
    """Releases held runs and expires those that waited too long."""

    def __init__(self, context: ServiceContext, session: LeaderSession) -> None:
        self.wakes = WakeReceiver({WakeReason.TASKS_CHANGED, WakeReason.ALL_TASKS_CHANGED})
        self._context = context
        self._session = session

    async def run(self) -> None:
        """Release until cancelled."""
        timeout = 0.0
        while True:
            wake = await self.wakes.wait(timeout_seconds=timeout)
            timeout = await self._release(wake)

    async def _release(self, wake: Wake) -> float:
        """Release what may go; return how long until a delay passes, in seconds."""
        to_workers = to_groups = 0
        waits: list[timedelta] = []
        # Each statement is committed by itself: none of them asks that another be undone with it, and most often there
        # is nothing to do. Where the connection fails in between, the next lead begins with a look at everything.
        async with self._session.statements() as connection:
            times = await store.next_times(connection)
            expired = await store.expire(connection) if _has_come(times.expiry) else []
            ready_again = await store.end_delays(connection) if _has_come(times.delay) else []
            if expired or ready_again:
                times = await store.next_times(connection)
            task_ids = set(wake.task_ids) | {change.run.task_id for change in expired}
            if wake.has(WakeReason.ALL_TASKS_CHANGED) or not wake:
                task_ids.update(await store.tasks_with_held_runs(connection))
            task_ids.update(task_id for task_id, is_held in ready_again if is_held)
            gated = await store.gated(connection, sorted(task_ids)) if task_ids else None
            if gated is not None:
                run_ids = decide_release(gated.held, tasks=gated.tasks, groups=gated.groups, backfills=gated.backfills)
                if run_ids:
                    to_workers, to_groups = await store.release(connection, run_ids)
                if gated.until_room is not None:
                    waits.append(gated.until_room)
        waits.extend(wait for wait in (times.delay, times.expiry) if wait is not None)
        publish(self._context, expired)
        if to_workers or any(not is_held for _, is_held in ready_again):
            self._context.signals.wake(WakeReason.RUNS_READY)
        if to_groups:
            self._context.signals.wake(WakeReason.FAN_OUT_READY)
        return min(_SWEEP_SECONDS, *(max(0.001, wait.total_seconds()) for wait in waits), _SWEEP_SECONDS)


def _has_come(wait: timedelta | None) -> bool:
    return wait is not None and wait <= timedelta()
