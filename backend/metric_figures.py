"""What the metrics show of the whole installation, read in one transaction."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.database.metric_counts import read_counts
from backend.metric_kinds import CountKind
from backend.queue.figures import Figures, newest_figures
from backend.workers.registry import WorkerCounts, count_workers


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFigures:
    """The counters, the numbers of workers, and the newest sample with its age."""

    counted: dict[CountKind, dict[str, float]]
    workers: WorkerCounts
    sampled: Figures | None
    age_seconds: float


async def read_metric_figures(context: ServiceContext) -> MetricFigures:
    """Return what the metrics show."""
    async with context.database.transaction() as connection:
        return await metric_figures(connection)


async def metric_figures(connection: AsyncConnection) -> MetricFigures:
    """Do the same within a transaction; it reads a few thousand rows at most, however long the queue is."""
    counted = await read_counts(connection)
    workers = await count_workers(connection)
    newest = await newest_figures(connection)
    sampled, age_seconds = newest if newest is not None else (None, 0.0)
    return MetricFigures(counted=counted, workers=workers, sampled=sampled, age_seconds=age_seconds)
