"""How busy workers were, over time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

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
FORGET = text("delete from worker_samples where at < now() - interval '26 hours'")

# By the primary key: all workers of a span lie together.
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
    """Return how many workers live."""
    return int((await connection.execute(COUNT_LIVE)).scalar_one())


async def sample(connection: AsyncConnection) -> None:
    """Keep how busy each live worker is, and forget what is older than a day."""
    await connection.execute(SAMPLE)
    await connection.execute(FORGET)


async def history(
    connection: AsyncConnection, worker_ids: Sequence[str], *, since: datetime, until: datetime, resolution: timedelta
) -> list[WorkerHistory]:
    """Return workers over time, the busiest moment of each step; all of them where none is named."""
    found: dict[str, list[WorkerSample]] = {}
    span = {"since": since, "until": until, "seconds": int(resolution.total_seconds())}
    for row in await connection.execute(HISTORY, span | {"ids": list(worker_ids)}):
        found.setdefault(row.worker_id, []).append(WorkerSample.model_validate(row))
    return [WorkerHistory(worker_id=worker_id, samples=samples) for worker_id, samples in found.items()]
