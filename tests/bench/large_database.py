"""A database with 100,000 tasks and 10 million runs of a month, for measures of what people look at."""

from __future__ import annotations

from typing import Any

import asyncpg

from tests.bench.sizes import size

TASKS = size("TASKS", 100_000)
RUNS = size("RUNS", 10_000_000)
CHUNK_RUNS = 500_000
STATEMENT_SECONDS = 1_800
BUSY_TASKS = 10
"""They have a fifth of all runs: PostgreSQL plans a rare task and a busy one in different ways."""
WAITING_RUNS = min(1_000, RUNS // 10)

# $1 count. Ids from 1. Folders, labels and states as of a company with some hundred teams.
ADD_TASKS = """
    with made as (
        insert into tasks (id, name, description, folder, executor, task_type, command, arguments, environment,
            schedule, timezone, jitter_seconds, misfire_policy, overlap_policy, priority, status, retry_count,
            retry_delay_seconds, retry_backoff, retry_max_delay_seconds, timeout_seconds, on_worker_lost, worker_labels,
            labels, version, next_occurrence_at, next_run_at, schedule_since, created_at, updated_at)
        select n, (array['import', 'export', 'backup', 'report'])[1 + n % 4] || ' ' || n, 'Task number ' || n,
            'team-' || n % 200 || case when n % 3 = 0 then '/nightly' else '' end,
            case when n % 10 = 0 then 'http' else 'shell' end, 'type-' || n % 20, 'true', '[]', '{}',
            case when n % 4 > 0 then n % 60 || ' ' || n % 24 || ' 1 1 *' end, 'UTC', 0, 'fire_once', 'queue', n % 4,
            case when n % 50 = 0 then 'paused' else 'active' end, 0, 10, 'fixed', 3600, 3600, 'retry',
            '{"nowhere": "yes"}', jsonb_build_object('team', 't' || n % 200, 'tier', (n % 3)::text), 1, later.at,
            later.at, case when n % 4 > 0 then now() end, now() - n * interval '1 minute',
            now() - n % 5000 * interval '1 minute'
        from generate_series(1, $1::integer) n,
            lateral (select case when n % 4 > 0 and n % 50 > 0
                then date_trunc('year', now(), 'UTC') + interval '1 year' + n % 24 * interval '1 hour'
                    + n % 60 * interval '1 minute' end as at) later
        returning id, name
    )
    insert into task_versions (task_id, version, definition, changed_by, changed_at)
    select id, 1, jsonb_build_object('name', name, 'executor', 'shell'), 'bench', now() from made
"""

# $1 to $2 the ids, $3 the last of these, $4 tasks. Of a thousand runs 950 succeed, ten are child runs and five of a
# backfill.
ADD_ENDED_RUNS = f"""
    insert into runs (id, task_id, task_version, status, trigger, priority, dispatch_rank, placement, scheduled_for,
        attempt, worker_id, queued_at, dispatched_at, first_dispatched_at, started_at, completed_at, exit_code,
        execution_time_ms, fan_out_run_id, backfill_id)
    select n, case when n % 5 = 0 then 1 + n / 5 % least({BUSY_TASKS}, $4) else 1 + n * 7919 % $4 end, 1, s.status,
        s.trigger, n % 4, n, 'past', case when s.trigger in ('schedule', 'backfill') then q.at end,
        case when s.ran then 1 else 0 end, case when s.ran then 'worker-' || n / 3 % 50 end, q.at,
        d.at, d.at, case when s.ran then d.at + interval '5 ms' end,
        d.at + s.took * interval '1 ms', case when s.status = 'succeeded' then 0 when s.ran then 1 end,
        case when s.ran then s.took end, case when s.trigger = 'fan_out' then n - n % 1000 end,
        case when s.trigger = 'backfill' then 1 + n / 100000 end
    from generate_series($1::bigint, $2::bigint) n,
        lateral (select now() - ($3::bigint - n) * (interval '30 days' / $3::bigint) as at) q,
        lateral (select q.at + n % 50 * interval '20 ms' as at) d,
        lateral (select
            case when n % 1000 < 950 then 'succeeded' when n % 1000 < 985 then 'failed'
                when n % 1000 < 990 then 'timed_out' when n % 1000 < 995 then 'cancelled' else 'skipped' end as status,
            case when n % 1000 between 10 and 19 and n > 1000 then 'fan_out'
                when n % 1000 between 20 and 24 then 'backfill'
                else (array['schedule', 'schedule', 'schedule', 'api', 'manual', 'dependency', 'retry'])[1 + n % 7]
            end as trigger,
            n % 1000 < 990 as ran, n * 7919 % 60000 as took) s
"""

# $1 first id, $2 last id, $3 tasks. No worker has their label.
ADD_WAITING_RUNS = """
    insert into runs (id, task_id, task_version, status, trigger, priority, dispatch_rank, placement, queued_at)
    select n, 1 + n % $3, 1, 'pending', 'api', n % 4, (extract(epoch from now()) * 1000000)::bigint + n,
        'shell {"nowhere":"yes"}', now()
    from generate_series($1::bigint, $2::bigint) n
"""

INDEXES = """
    select indexname as name, indexdef as definition from pg_indexes
    where tablename = 'runs' and schemaname = 'public' and indexname <> 'runs_pkey'
"""


async def fill(url: str) -> None:
    """Fill an empty database of a backend that does not run.

    The indexes are made afterwards: with all of them, ten million rows would take several times as long.
    """
    connection = await asyncpg.connect(url, command_timeout=STATEMENT_SECONDS)
    try:
        await connection.execute(ADD_TASKS, TASKS)
        await connection.execute(f"alter table tasks alter column id restart with {TASKS + 1}")
        await _add_runs(connection)
        await connection.execute("vacuum (analyze)")
        runs = await connection.fetchval("select count(*) from runs")
        if runs != RUNS:
            raise SystemExit(f"the database has {runs} runs instead of {RUNS}")
    finally:
        await connection.close()


async def _add_runs(connection: asyncpg.Connection[Any]) -> None:
    indexes = await connection.fetch(INDEXES)
    for index in indexes:
        await connection.execute(f'drop index "{index["name"]}"')
    ended = RUNS - WAITING_RUNS
    for first in range(1, ended + 1, CHUNK_RUNS):
        await connection.execute(ADD_ENDED_RUNS, first, min(first + CHUNK_RUNS - 1, ended), ended, TASKS)
    await connection.execute(ADD_WAITING_RUNS, ended + 1, RUNS, TASKS)
    await connection.execute(f"alter table runs alter column id restart with {RUNS + 1}")
    await connection.execute("set maintenance_work_mem = '512MB'")
    for index in indexes:
        await connection.execute(index["definition"])
