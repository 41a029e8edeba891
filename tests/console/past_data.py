"""A past for a local backend: a day of queue depths, a month of outcomes and times, a week of runs."""

from pathlib import Path

import asyncpg

_SOCKET_LINE = 4

# Busy by day, quiet by night, a jam at noon; a minute's samples for a month, those of five seconds for a day.
_DEPTHS = """
    insert into queue_samples (at, step_seconds, low, normal, high, critical, in_flight, succeeded, failed,
        oldest_waiting_seconds)
    select at, {step}, (busy * 9)::int, (busy * 26 + jam * 90)::int, (busy * 5)::int, (jam * 4)::int,
        least(4, (busy * 5)::int), 0, 0, busy * 3 + jam * 240
    from (
        select at, greatest(0.02, sin((hour - 6) / 24 * 2 * pi())) * (0.7 + 0.6 * random()) as busy,
            greatest(0, 1 - abs(hour - 12.5) * 2) as jam
        from (
            select at, (extract(hour from at) + extract(minute from at) / 60)::float8 as hour
            from generate_series(date_trunc('minute', now()) - interval '{reach}', now() - interval '2 minutes',
                interval '{step} seconds') as at
        ) times
    ) shares
    on conflict do nothing
"""
_COUNTS = """
    insert into finished_counts (at, replica_id, succeeded, failed)
    select at, 'past', (10 + 20 * greatest(0, sin((extract(hour from at) - 6) / 24 * 2 * pi())) * random())::int,
        case when random() < 0.3 then (random() * 3)::int else 0 end
    from generate_series(date_trunc('minute', now()) - interval '30 days', now() - interval '2 minutes',
        interval '1 minute') as at
    on conflict do nothing
"""
_TIMINGS = """
    insert into run_timings (step_seconds, at, kind, bucket, runs)
    select {step}, at, kind, (lowest + spread * power(random(), 2) * 60)::smallint, (1 + random() * 20)::int
    from generate_series(date_trunc('hour', now()) - interval '{reach}', now() - interval '2 minutes',
            interval '{step} seconds') as at,
        (values ('wait', 24, 1.0), ('duration', 56, 0.9)) as k (kind, lowest, spread), generate_series(1, 6)
    on conflict do nothing
"""
_WORKERS = """
    insert into worker_samples (at, worker_id, slots, busy, cpu_percent, memory_bytes)
    select at, w.id, w.slots, least(w.slots, (w.slots * random() * 1.2)::int), 4 + random() * 60,
        (120 + random() * 30) * 1048576
    from workers w, generate_series(now() - interval '24 hours', now() - interval '2 minutes', interval '15 seconds')
        as at
    on conflict do nothing
"""
_RUNS = """
    insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, scheduled_for,
        attempt, worker_id, queued_at, dispatched_at, started_at, completed_at, exit_code, error, execution_time_ms)
    select t.id, t.version, case when fails then 'failed' else 'succeeded' end, 'schedule', t.priority, 0, t.task_type,
        at, 1, (select id from workers limit 1), at, at, at + interval '20 ms', at + took * interval '1 ms',
        case when fails then 3 else 0 end, case when fails then 'exit code 3' end, took
    from tasks t, lateral (
        select at, random() < 0.04 as fails, (50 + 4000 * power(random(), 4))::int as took
        from generate_series(date_trunc('day', now()) - interval '7 days' + t.id * interval '7 minutes',
            now() - interval '1 hour', interval '97 minutes') as at) past
    where t.schedule is not null
"""


async def add_past(data_dir: Path) -> None:
    """Write it into the database of the local backend that runs on a data directory."""
    socket = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[_SOCKET_LINE]
    connection = await asyncpg.connect(host=socket, user="postgres", database="postgres")
    try:
        for statement, steps in (
            (_DEPTHS, ((60, "30 days"), (5, "24 hours"))),
            (_TIMINGS, ((3600, "30 days"), (60, "7 days"))),
        ):
            for step, reach in steps:
                await connection.execute(statement.format(step=step, reach=reach))
        for statement in (_COUNTS, _WORKERS, _RUNS):
            await connection.execute(statement)
    finally:
        await connection.close()
