"""Slots in use, CPU and memory of workers over time."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.time_span import RequestedSpan, TimeSpan, resolve_span
from shared.models.worker import WorkerHistory, WorkerSample

COUNT_LIVE = text("select count(*) from workers where status in ('online', 'draining')")

SAMPLE = text(
    """
    insert into worker_samples (worker_id, at, slots, busy, cpu_percent, memory_bytes)
    select id, date_trunc('second', now()), slots, active_count, cpu_percent, memory_bytes
    from workers where status in ('online', 'draining')
    on conflict do nothing
    """
)
DELETE_OLD = text("delete from worker_samples where at < now() - interval '26 hours'")

# From the primary key (at, worker_id): the samples of a span are adjacent.
HISTORY = text(
    """
    select worker_id, to_timestamp(floor(extract(epoch from at) / :seconds) * :seconds) as at, max(slots) as slots,
        max(busy) as busy, avg(cpu_percent)::float8 as cpu_percent, max(memory_bytes) as memory_bytes
    from worker_samples
    where at >= :since and at < :until and (cardinality(cast(:ids as text[])) = 0 or worker_id = any(:ids))
    group by 1, 2 order by 1, 2
    """
)


async def count_live(connection: AsyncConnection) -> int:
    """Return how many workers are online or draining."""
    return int((await connection.execute(COUNT_LIVE)).scalar_one())


async def sample(connection: AsyncConnection) -> None:
    """Store how busy each live worker is, and delete samples older than 26 hours."""
    await connection.execute(SAMPLE)
    await connection.execute(DELETE_OLD)


async def workers_history(
    context: ServiceContext, worker_ids: Sequence[str], requested: RequestedSpan
) -> list[WorkerHistory]:
    """Return the greatest load of workers in each step; of all workers if `worker_ids` is empty.

    Raises `ValidationFailedError` for a span that cannot be charted.
    """
    span = await resolve_span(context, requested)
    async with context.database.transaction() as connection:
        return await read_history(connection, worker_ids, span)


async def read_history(connection: AsyncConnection, worker_ids: Sequence[str], span: TimeSpan) -> list[WorkerHistory]:
    """Return the greatest load of workers in each step; a step without samples is absent."""
    found: dict[str, list[WorkerSample]] = {}
    parameters = {"since": span.since, "until": span.until, "seconds": span.step_seconds, "ids": list(worker_ids)}
    for row in await connection.execute(HISTORY, parameters):
        found.setdefault(row.worker_id, []).append(WorkerSample.model_validate(row))
    return [WorkerHistory(worker_id=worker_id, samples=samples) for worker_id, samples in found.items()]
