"""The depth of the queue over time: samples of five seconds for a day, of a minute for 35 days."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.time_span import RequestedSpan, TimeSpan, resolve_span
from shared.enums import Priority, PriorityLevel
from shared.models.system import QueueDepth, QueueHistory, QueueSample

# A sample of a moment that another leader has sampled already is dropped.
INSERT_SAMPLES = text(
    """
    insert into queue_samples (at, step_seconds, low, normal, high, critical, in_flight, succeeded, failed,
        oldest_waiting_seconds)
    select s.at, 5, s.low, s.normal, s.high, s.critical, s.in_flight, 0, 0, s.oldest
    from unnest(cast(:ats as timestamptz[]), cast(:low as integer[]), cast(:normal as integer[]),
        cast(:high as integer[]), cast(:critical as integer[]), cast(:in_flight as integer[]),
        cast(:oldest as float8[])) as s (at, low, normal, high, critical, in_flight, oldest)
    on conflict do nothing
    """
)

# A minute is stored as the greatest depth sampled in it.
ROLL_UP = text(
    """
    insert into queue_samples (at, step_seconds, low, normal, high, critical, in_flight, succeeded, failed,
        oldest_waiting_seconds)
    select date_trunc('minute', at) as minute, 60, max(low), max(normal), max(high), max(critical),
        max(in_flight), 0, 0, max(oldest_waiting_seconds)
    from queue_samples
    where step_seconds = 5 and at >= date_trunc('minute', now()) - interval '3 minutes'
    group by 1
    on conflict (step_seconds, at) do update set
        low = excluded.low, normal = excluded.normal, high = excluded.high, critical = excluded.critical,
        in_flight = excluded.in_flight, oldest_waiting_seconds = excluded.oldest_waiting_seconds
    """
)
DELETE_OLD = text(
    """
    delete from queue_samples
    where (step_seconds = 5 and at < now() - interval '26 hours')
       or (step_seconds = 60 and at < now() - interval '35 days')
    """
)
DELETE_OLD_COUNTS = text("delete from finished_counts where at < now() - interval '35 days'")

# Each step as the greatest depth sampled in it, from the primary key of queue_samples, with what ended in it.
HISTORY = text(
    """
    with depth as (
        select date_bin(cast(:step as interval), at, '2000-01-01Z') as at, max(low) as low, max(normal) as normal,
            max(high) as high, max(critical) as critical, max(in_flight) as in_flight,
            max(oldest_waiting_seconds) as oldest
        from queue_samples where step_seconds = :source and at >= :since and at < :until group by 1
    ), finished as (
        select date_bin(cast(:step as interval), at, '2000-01-01Z') as at, sum(succeeded) as succeeded,
            sum(failed) as failed
        from finished_counts where at >= :since and at < :until group by 1
    )
    select d.*, coalesce(f.succeeded, 0) as succeeded, coalesce(f.failed, 0) as failed
    from depth d left join finished f using (at) order by at
    """
)

# PostgreSQL 13 has no date_bin.
HISTORY_BEFORE_14 = text(
    HISTORY.text.replace(
        "date_bin(cast(:step as interval), at, '2000-01-01Z')",
        "to_timestamp(floor(extract(epoch from at) / :seconds) * :seconds)",
    )
)


async def queue_history(context: ServiceContext, requested: RequestedSpan) -> QueueHistory:
    """Return the queue over time; raises `ValidationFailedError` for a span that cannot be charted."""
    span = await resolve_span(context, requested)
    async with context.database.transaction() as connection:
        samples = await read_samples(connection, span)
    return QueueHistory(resolution_seconds=span.step_seconds, samples=samples)


async def read_samples(connection: AsyncConnection, span: TimeSpan) -> list[QueueSample]:
    """Return the greatest depth of each step of a span."""
    seconds = span.step_seconds
    server = connection.dialect.server_version_info or (14,)
    parameters: dict[str, Any] = {
        "source": 60 if seconds % 60 == 0 else 5,
        "since": span.since,
        "until": span.until,
    }
    if server >= (14,):
        query = HISTORY
        parameters["step"] = span.step
    else:
        query = HISTORY_BEFORE_14
        parameters["seconds"] = seconds
    rows = await connection.execute(query, parameters)
    return [
        QueueSample(
            at=row.at,
            by_priority={
                Priority.LOW: row.low,
                Priority.NORMAL: row.normal,
                Priority.HIGH: row.high,
                Priority.CRITICAL: row.critical,
            },
            waiting=row.low + row.normal + row.high + row.critical,
            in_flight=row.in_flight,
            succeeded=row.succeeded,
            failed=row.failed,
            oldest_waiting_seconds=row.oldest,
        )
        for row in rows
    ]


async def insert_samples(connection: AsyncConnection, samples: Sequence[QueueDepth]) -> None:
    """Store samples of the queue, one for each five seconds."""
    parameters: dict[str, Any] = {
        level.name.lower(): [sample.by_priority[Priority.from_level(level)] for sample in samples]
        for level in PriorityLevel
    }
    parameters |= {
        "ats": [sample.at for sample in samples],
        "in_flight": [sample.in_flight for sample in samples],
        "oldest": [sample.oldest_waiting_seconds for sample in samples],
    }
    await connection.execute(INSERT_SAMPLES, parameters)


async def roll_up(connection: AsyncConnection) -> None:
    """Aggregate the samples of the last minutes."""
    await connection.execute(ROLL_UP)


async def delete_old(connection: AsyncConnection) -> None:
    """Delete samples of seconds after 26 hours, and samples of minutes after 35 days."""
    await connection.execute(DELETE_OLD)
    await connection.execute(DELETE_OLD_COUNTS)
