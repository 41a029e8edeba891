"""What `taskdeck top` shows, as the API answers at one moment."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.client import TaskdeckClient
from shared.enums import RunStatus
from shared.models.run import Run
from shared.models.system import DispatcherInfo, QueueDepth, SystemStats
from shared.models.worker import Worker

_MOST_ROWS = 100
"""Of each list; no terminal shows more."""
_IN_FLIGHT = (RunStatus.RUNNING, RunStatus.DISPATCHED)
_FAILURES = (RunStatus.FAILED, RunStatus.TIMED_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One answer to each request. Running runs are listed from the one that runs longest, failures from the newest."""

    at: datetime
    stats: SystemStats
    queue: QueueDepth
    dispatcher: DispatcherInfo
    workers: list[Worker]
    running: list[Run]
    failures: list[Run]


async def fetch_figures(client: TaskdeckClient) -> Figures:
    """Return the figures of now; raises `TaskdeckError`."""
    stats, queue, dispatcher, workers, running, failures = await asyncio.gather(
        client.stats(),
        client.queues(),
        client.dispatcher(),
        client.list_workers(limit=_MOST_ROWS),
        client.list_runs(status=_IN_FLIGHT, sort="started_at", limit=_MOST_ROWS),
        client.list_runs(status=_FAILURES, limit=_MOST_ROWS),
    )
    return Figures(
        at=datetime.now(UTC),
        stats=stats,
        queue=queue,
        dispatcher=dispatcher,
        workers=workers.data,
        running=running.data,
        failures=failures.data,
    )
