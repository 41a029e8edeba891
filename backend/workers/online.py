"""The online workers as decisions see them, read at most every two seconds."""

import time
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs import claim as dispatch_queue
from backend.workers import registry as workers
from backend.workers.assignment import WorkerLoad, why_unschedulable
from backend.workers.placement import demands
from shared.enums import WorkerStatus
from shared.models.system import UnschedulableRuns

_FRESH_SECONDS = 2.0


async def read_online_workers(connection: AsyncConnection) -> list[WorkerLoad]:
    """Return the online workers, without what they have in hand."""
    return [
        WorkerLoad(
            id=worker.id,
            task_types=worker.task_types,
            labels=worker.labels,
            slots=worker.slots,
            in_flight=0,
        )
        for worker in await workers.live_workers(connection)
        if worker.status is WorkerStatus.ONLINE
    ]


class OnlineWorkers:
    """A short memory: lists of runs ask for the workers with each page."""

    def __init__(self) -> None:
        self._workers: Sequence[WorkerLoad] = ()
        self._read_at: float | None = None

    async def read(self, connection: AsyncConnection) -> Sequence[WorkerLoad]:
        """Return the online workers of two seconds ago at most."""
        now = time.monotonic()
        if self._read_at is None or now - self._read_at > _FRESH_SECONDS:
            self._workers = await read_online_workers(connection)
            self._read_at = now
        return self._workers


async def unschedulable(connection: AsyncConnection) -> list[UnschedulableRuns]:
    """Return what waits although no online worker could ever take it, by what it asks for."""
    online = await read_online_workers(connection)
    reasons = {
        placement: reason
        for placement in (await dispatch_queue.look(connection)).placements
        if (reason := why_unschedulable(placement, online)) is not None
    }
    if not reasons:
        return []
    counts = await dispatch_queue.count_ready(connection, list(reasons))
    return [
        UnschedulableRuns(task_type=demands(placement)[0], reason=reasons[placement], runs=count)
        for placement, count in counts.items()
    ]
