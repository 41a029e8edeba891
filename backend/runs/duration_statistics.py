"""Queue times and durations of finished runs over time, counted in histograms."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.runs.histogram import HIGHEST, PER_OCTAVE, percentile
from backend.time_span import RequestedSpan, TimeSpan, resolve_span
from shared.models.system import Percentiles, ThroughputHistory, ThroughputStep

SHARES = (0.5, 0.95, 0.99)
MINUTE, HOUR = 60, 3600
"""The steps of stored histograms, in seconds."""
FINEST_EXACT_STEP = timedelta(seconds=10)
LONGEST_EXACT_SPAN = timedelta(minutes=10)
"""A longer span has too many runs to read each of them."""

# Queue time and duration of each finished run, from the index runs_completed. Retries have no queue time, because their
# delay is intended.
_TIMES = """
    select completed_at,
        case when attempt = 1 then extract(epoch from started_at - queued_at)::float8 * 1000 end as wait,
        execution_time_ms::float8 as duration
    from runs
    where completed_at >= {since} and completed_at < {until} and started_at is not null and distribution is null
        and status in ('succeeded', 'failed', 'timed_out')
"""

# The mean duration of each worker's newest runs, from the index runs_completed.
MEAN_RUN_TIMES = text(
    """
    select worker_id, avg(execution_time_ms)::float8 as mean_ms from (
        select worker_id, execution_time_ms from runs where completed_at > now() - interval '10 seconds'
        order by completed_at desc limit 500) newest
    where worker_id is not null and execution_time_ms is not null group by worker_id
    """
)

# Begins at the last minute that was counted, so that no minute is missing after a time without a leader.
COUNT = text(
    f"""
    with begin as (
        select greatest(max(at), date_trunc('minute', now()) - interval '1 hour') as at
        from run_timings where step_seconds = {MINUTE}
    ), times as (
        {_TIMES.format(since="(select at from begin)", until="now()")}
    )
    insert into run_timings (step_seconds, at, kind, bucket, runs)
    select {MINUTE}, date_trunc('minute', completed_at), t.kind,
        least(floor({PER_OCTAVE} * ln(greatest(t.ms, 1)) / ln(2::float8)), {HIGHEST})::smallint, count(*)
    from times cross join lateral (values ('wait', wait), ('duration', duration)) as t (kind, ms)
    where t.ms is not null
    group by 1, 2, 3, 4
    on conflict (step_seconds, at, kind, bucket) do update set runs = excluded.runs
    """  # noqa: S608
)
ROLL_UP = text(
    f"""
    insert into run_timings (step_seconds, at, kind, bucket, runs)
    select {HOUR}, date_trunc('hour', at, 'UTC'), kind, bucket, sum(runs) from run_timings
    where step_seconds = {MINUTE} and at >= date_trunc('hour', now(), 'UTC') - interval '2 hours'
    group by 1, 2, 3, 4
    on conflict (step_seconds, at, kind, bucket) do update set runs = excluded.runs
    """  # noqa: S608
)
DELETE_OLD = text(
    f"""
    delete from run_timings
    where (step_seconds = {MINUTE} and at < now() - interval '8 days')
       or (step_seconds = {HOUR} and at < now() - interval '35 days')
    """  # noqa: S608
)


def _step(column: str) -> str:
    """Return a column rounded down to a step; PostgreSQL 13 has no date_bin."""
    return f"to_timestamp(floor(extract(epoch from {column}) / :seconds) * :seconds)"


COUNTED = text(
    f"""
    select {_step("at")} as at, kind, bucket, sum(runs)::bigint as runs from run_timings
    where step_seconds = :source and at >= :since and at < :until group by 1, 2, 3
    """  # noqa: S608
)
EXACT = text(
    f"""
    with times as ({_TIMES.format(since=":since", until=":until")})
    select {_step("completed_at")} as at,
        percentile_cont(array[0.5, 0.95, 0.99]) within group (order by wait) as wait,
        percentile_cont(array[0.5, 0.95, 0.99]) within group (order by duration) as duration
    from times group by 1
    """  # noqa: S608
)
FINISHED = text(
    f"""
    select {_step("at")} as at, sum(succeeded)::bigint as succeeded, sum(failed)::bigint as failed
    from finished_counts where at >= :since and at < :until group by 1 order by 1
    """  # noqa: S608
)


async def count(connection: AsyncConnection) -> None:
    """Count the runs that finished since the last call, and delete old histograms."""
    for statement in (COUNT, ROLL_UP, DELETE_OLD):
        await connection.execute(statement)


async def throughput(context: ServiceContext, requested: RequestedSpan) -> ThroughputHistory:
    """Return how many runs finished in each step, and how long they waited and took.

    Steps are at least 10 s long in spans up to ten minutes, and a minute in longer ones. Raises
    `ValidationFailedError` for a span that cannot be charted.
    """
    span = await resolve_span(context, requested)
    finest = FINEST_EXACT_STEP if span.until - span.since <= LONGEST_EXACT_SPAN else timedelta(seconds=MINUTE)
    span = replace(span, step=max(span.step, finest))
    async with context.database.transaction() as connection:
        steps = await read_throughput(connection, span)
    return ThroughputHistory(resolution_seconds=span.step_seconds, steps=steps)


async def read_throughput(connection: AsyncConnection, span: TimeSpan) -> list[ThroughputStep]:
    """Return the steps in which runs finished.

    Steps of whole minutes come from the histograms, shorter ones from the runs themselves.
    """
    parameters = {"since": span.since, "until": span.until, "seconds": span.step_seconds}
    times = await (_counted if span.step_seconds % MINUTE == 0 else _exact)(connection, parameters)
    finished = {row.at: row for row in await _rows(connection, FINISHED, parameters)}
    steps = []
    for at in sorted(finished.keys() | times.keys()):
        row = finished.get(at)
        steps.append(
            ThroughputStep(
                at=at,
                succeeded=row.succeeded if row else 0,
                failed=row.failed if row else 0,
                wait=times.get(at, {}).get("wait"),
                duration=times.get(at, {}).get("duration"),
            )
        )
    return steps


Times = dict[datetime, dict[str, Percentiles | None]]


async def _rows(connection: AsyncConnection, query: TextClause, parameters: dict[str, Any]) -> Sequence[Any]:
    return (await connection.execute(query, parameters)).all()


async def _exact(connection: AsyncConnection, span: dict[str, Any]) -> Times:
    rows = await _rows(connection, EXACT, span)
    return {row.at: {"wait": _percentiles(row.wait), "duration": _percentiles(row.duration)} for row in rows}


async def _counted(connection: AsyncConnection, span: dict[str, Any]) -> Times:
    source = HOUR if span["seconds"] % HOUR == 0 else MINUTE
    counts: dict[datetime, dict[str, dict[int, int]]] = {}
    for row in await _rows(connection, COUNTED, span | {"source": source}):
        counts.setdefault(row.at, {}).setdefault(row.kind, {})[row.bucket] = row.runs
    return {
        at: {kind: _percentiles([percentile(found, share) for share in SHARES]) for kind, found in kinds.items()}
        for at, kinds in counts.items()
    }


def _percentiles(values: Sequence[float | None] | None) -> Percentiles | None:
    if values is None or values[0] is None:
        return None
    return Percentiles(p50_ms=values[0], p95_ms=values[1], p99_ms=values[2])


async def mean_run_times(connection: AsyncConnection) -> dict[str, float]:
    """Return the mean duration of recent runs in milliseconds, by worker."""
    return {row.worker_id: row.mean_ms for row in await connection.execute(MEAN_RUN_TIMES)}
