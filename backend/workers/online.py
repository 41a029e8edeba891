"""The online workers that decisions see, read from the database at most every two seconds."""

from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.workers.assignment import WorkerLoad
from backend.workers.registry import LiveWorker, live_workers, refused_workers
from shared.enums import WorkerStatus
from shared.process_clock import monotonic_seconds

_MAX_AGE_SECONDS = 2.0
"""A list of runs and each batch of assignments need the workers; a worker's labels rarely change. A worker that comes
or leaves expires the cache of the assigner."""

_FIRST_RUNS_SECONDS = 0.2
"""How soon they are read again while the durations of a busy worker's runs are unknown: until then it is sent no more
runs than it has slots, which is a fifth of the rate that runs of milliseconds may have."""

MeanRunTimes = Callable[[AsyncConnection], Awaitable[Mapping[str, float]]]
"""Returns the mean duration of recent runs in milliseconds, by worker."""


async def read_online_workers(connection: AsyncConnection) -> list[WorkerLoad]:
    """Return the online workers, without the runs that they have in flight."""
    return _loads(await live_workers(connection), {})


async def read_refused_workers(connection: AsyncConnection) -> list[WorkerLoad]:
    """Return the workers that send heartbeats but are refused for their signing key."""
    return _loads(await refused_workers(connection), {}, status=WorkerStatus.OFFLINE)


def _loads(
    live: list[LiveWorker], mean_run_ms: Mapping[str, float], *, status: WorkerStatus = WorkerStatus.ONLINE
) -> list[WorkerLoad]:
    return [
        WorkerLoad(
            id=worker.id,
            task_types=worker.task_types,
            labels=worker.labels,
            slots=worker.slots,
            in_flight=0,
            mean_run_ms=mean_run_ms.get(worker.id),
            executors=worker.executors,
            users=worker.users,
        )
        for worker in live
        if worker.status is status
    ]


class OnlineWorkers:
    """A cache of the online workers. Callers that count runs in flight set `in_flight` after each read."""

    def __init__(
        self, mean_run_times: MeanRunTimes | None = None, *, clock: Callable[[], float] = monotonic_seconds
    ) -> None:
        self._mean_run_times = mean_run_times
        self._clock = clock
        self._workers: list[WorkerLoad] = []
        self._beats: dict[str, tuple[str, int]] = {}
        self._excluded: dict[str, tuple[str, int]] = {}
        self._read_at: float | None = None

    async def read(self, connection: AsyncConnection) -> list[WorkerLoad]:
        """Return the online workers of at most two seconds ago, without those that are excluded.

        That there are none is not remembered: a run that could start is not said to wait for the first worker.
        """
        now = self._clock()
        if self._read_at is None or not self._workers or now - self._read_at > self._max_age:
            mean_run_ms = await self._mean_run_times(connection) if self._mean_run_times is not None else {}
            live = await live_workers(connection)
            self._beats = {worker.id: (worker.incarnation, worker.sequence) for worker in live}
            self._excluded = {
                worker_id: beat for worker_id, beat in self._excluded.items() if self._beats.get(worker_id) == beat
            }
            self._workers = _loads(live, mean_run_ms)
            self._read_at = now
        return [worker for worker in self._workers if worker.id not in self._excluded]

    @property
    def _max_age(self) -> float:
        is_learning = any(worker.mean_run_ms is None and worker.in_flight for worker in self._workers)
        return _FIRST_RUNS_SECONDS if is_learning and self._mean_run_times is not None else _MAX_AGE_SECONDS

    def expire(self) -> None:
        """Make the next `read` query the database."""
        self._read_at = None

    def exclude(self, worker_id: str) -> None:
        """Leave a worker out until its next heartbeat."""
        if worker_id in self._beats:
            self._excluded[worker_id] = self._beats[worker_id]
