"""Lets runs through that waited for a delay to pass, or for others of their task to end."""

from backend.domain.gate import decide_release
from backend.services.context import ServiceContext
from backend.services.signals import Wake, WakeBox
from backend.store import dispatch_queue
from backend.store.leadership import LeaderSession

_SWEEP_SECONDS = 10.0


class Gatekeeper:
    """Releases held runs; `released` is the assigner's box."""

    def __init__(self, context: ServiceContext, session: LeaderSession, *, released: WakeBox) -> None:
        self.box = WakeBox()
        self._context = context
        self._session = session
        self._released = released

    async def run(self) -> None:
        """Release until cancelled."""
        timeout = 0.0
        while True:
            wake = await self.box.take(timeout_seconds=timeout)
            timeout = await self._release(wake)

    async def _release(self, wake: Wake) -> float:
        """Release what may go; return how long until a delay passes, in seconds."""
        released = 0
        async with self._session.transaction() as connection:
            ready_again = await dispatch_queue.end_delays(connection)
            task_ids = list(wake.task_ids)
            if wake.all_tasks or not wake:
                task_ids = await dispatch_queue.tasks_with_held_runs(connection)
            if task_ids:
                run_ids = []
                for _, limit, busy, held in await dispatch_queue.gated_tasks(connection, task_ids):
                    run_ids += decide_release(held, busy=busy, limit=limit)
                if run_ids:
                    released = await dispatch_queue.release(connection, run_ids)
            delay = await dispatch_queue.next_delay(connection)
        if released or ready_again:
            self._released.put(Wake(runs=True))
        if delay is None:
            return _SWEEP_SECONDS
        return min(_SWEEP_SECONDS, max(0.001, delay.total_seconds()))
