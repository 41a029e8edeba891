"""How much waits and how much runs: now, and over time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.enums import Priority, PriorityLevel
from shared.models.system import QueueDepth, QueueSample, SystemStats

DEPTH = text(
    """
    select status, priority, r.placement, count(*) as runs, extract(epoch from now() - min(queued_at))::float8 as age,
        now() as at
    from runs r where status in ('blocked', 'pending') group by 1, 2, 3
    """
)
IN_FLIGHT = text(
    "select count(*), now() as at from runs where status in ('dispatched', 'running') and distribution is null"
)

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

# A minute is kept as the greatest depth seen in it.
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
FORGET = text(
    """
    delete from queue_samples
    where (step_seconds = 5 and at < now() - interval '26 hours')
       or (step_seconds = 60 and at < now() - interval '35 days')
    """
)
FORGET_COUNTS = text("delete from finished_counts where at < now() - interval '35 days'")

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

STATS = text(
    """
    select
        (select count(*) from tasks where deleted_at is null) as tasks_total,
        (select count(*) from tasks where deleted_at is null and status = 'active') as tasks_active,
        (select count(*) from runs where status = 'pending') as runs_waiting,
        (select count(*) from runs where status = 'blocked') as runs_blocked,
        (select count(*) from runs where status in ('dispatched', 'running') and distribution is null)
            as runs_in_flight,
        (select extract(epoch from now() - min(queued_at))::float8 from runs where status = 'pending')
            as oldest_waiting_seconds,
        (select count(*) from workers where status = 'online') as workers_online,
        (select count(*) from workers where status = 'draining') as workers_draining,
        (select count(*) from workers where status = 'lost') as workers_lost,
        (select coalesce(sum(slots), 0) from workers where status in ('online', 'draining')) as slots_total,
        (select count(*) from runs where status in ('dispatched', 'running') and distribution is null) as slots_in_use,
        (select coalesce(sum(succeeded), 0) from finished_counts where at > now() - interval '1 hour')
            as succeeded_last_hour,
        (select coalesce(sum(failed), 0) from finished_counts where at > now() - interval '1 hour')
            as failed_last_hour,
        (select coalesce(sum(succeeded + failed), 0) / 60.0 from finished_counts
            where at > now() - interval '1 minute') as runs_per_second,
        (select count(distinct task_id) from (
            select task_id, completed_at from runs where status in ('failed', 'timed_out')
            order by id desc limit 2000) f where completed_at > now() - interval '1 hour')
            as failed_tasks_last_hour
    """
)

# The newest runs that have started, by the primary key; retries wait by intent and do not count.
START_LATENCY = text(
    """
    select percentile_cont(0.5) within group (order by wait) as p50,
        percentile_cont(0.99) within group (order by wait) as p99
    from (
        select extract(epoch from started_at - queued_at)::float8 * 1000 as wait, attempt
        from runs order by id desc limit 1000
    ) newest where wait is not null and attempt = 1
    """
)


async def depth(connection: AsyncConnection) -> QueueDepth:
    """Return what waits and what runs, now."""
    by_priority = dict.fromkeys(Priority, 0)
    by_task_type: dict[str, int] = {}
    blocked = 0
    oldest: float | None = None
    for row in await connection.execute(DEPTH):
        if row.status == "blocked":
            blocked += row.runs
            continue
        by_priority[Priority.from_level(row.priority)] += row.runs
        task_type = row.placement.split(" {", 1)[0]
        by_task_type[task_type] = by_task_type.get(task_type, 0) + row.runs
        oldest = row.age if oldest is None else max(oldest, row.age)
    in_flight, at = (await connection.execute(IN_FLIGHT)).one()
    return QueueDepth(
        at=at,
        by_priority=by_priority,
        by_task_type=by_task_type,
        blocked=blocked,
        waiting=sum(by_priority.values()),
        in_flight=in_flight,
        oldest_waiting_seconds=oldest,
    )


async def insert_samples(connection: AsyncConnection, samples: Sequence[QueueDepth]) -> None:
    """Keep samples of the queue, one for each five seconds."""
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
    """Gather the last seconds into minutes."""
    await connection.execute(ROLL_UP)


async def forget_old(connection: AsyncConnection) -> None:
    """Remove seconds after a day and minutes after a month."""
    await connection.execute(FORGET)
    await connection.execute(FORGET_COUNTS)


async def history(
    connection: AsyncConnection, *, since: datetime, until: datetime, resolution: timedelta
) -> list[QueueSample]:
    """Return the queue over time, each step as the greatest depth seen in it."""
    seconds = int(resolution.total_seconds())
    server = connection.dialect.server_version_info or (14,)
    parameters: dict[str, Any] = {
        "source": 60 if seconds % 60 == 0 else 5,
        "since": since,
        "until": until,
    }
    if server >= (14,):
        query = HISTORY
        parameters["step"] = resolution
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


async def stats(connection: AsyncConnection) -> SystemStats:
    """Return counts now and rates over the last hour."""
    counts = dict((await connection.execute(STATS)).mappings().one())
    latency = (await connection.execute(START_LATENCY)).one()
    return SystemStats(**counts, start_latency_p50_ms=latency.p50, start_latency_p99_ms=latency.p99)
