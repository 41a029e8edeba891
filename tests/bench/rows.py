"""Tasks and runs in any number, written by SQL in place of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg

from backend.workers.placement import placement

WAITING_PLACEMENTS = [placement("noop", {"bench": str(number)}) for number in range(50)]
"""No worker has such a label."""

# $1 folder, $2 count, $3 next occurrence.
ADD_TASKS = """
    with made as (
        insert into tasks (name, folder, executor, task_type, command, arguments, environment, schedule, timezone,
            jitter_seconds, misfire_policy, overlap_policy, priority, status, retry_count, retry_delay_seconds,
            retry_backoff, retry_max_delay_seconds, timeout_seconds, on_worker_lost, worker_labels, labels, version,
            next_occurrence_at, next_run_at, schedule_since, created_at, updated_at)
        select $1 || ' ' || n, $1, 'noop', 'noop', '', '[]', '{}', '0 0 1 1 *', 'Europe/Berlin', 0, 'fire_once',
            'queue', 1, 'active', 0, 10, 'fixed', 3600, 3600, 'retry', '{}', '{}', 1, $3, $3, now(), now(), now()
        from generate_series(1, $2::integer) n returning id, name
    )
    insert into task_versions (task_id, version, definition, changed_by, changed_at)
    select id, 1, jsonb_build_object('name', name, 'executor', 'noop'), 'bench', now() from made
"""

# $1 count, $2 folder, whose tasks get the runs in turn, $3 placements. A tenth is held.
ADD_WAITING_RUNS = """
    insert into runs (task_id, task_version, status, hold, trigger, priority, dispatch_rank, placement, queued_at)
    select t.id, 1, 'pending', case when n % 10 = 0 then 'limit' end, 'api', n % 3,
        (extract(epoch from now()) * 1000000)::bigint - n % 3 * 600000000 + n,
        ($3::text[])[1 + n % cardinality($3)], now()
    from generate_series(1, $1::integer) n join (
        select id, row_number() over (order by id) - 1 as place, count(*) over () as tasks
        from tasks where folder = $2
    ) t on t.place = n % t.tasks
"""


async def add_tasks(connection: asyncpg.Connection[Any], folder: str, count: int, next_at: datetime) -> None:
    """Add tasks of the executor noop to a folder, all next due at one moment."""
    await connection.execute(ADD_TASKS, folder, count, next_at)
    await connection.execute("analyze tasks")


async def add_waiting_runs(connection: asyncpg.Connection[Any], count: int, *, folder: str) -> None:
    """Add waiting runs of a folder's tasks, which no worker accepts."""
    await connection.execute(ADD_WAITING_RUNS, count, folder, WAITING_PLACEMENTS, timeout=600)
    added = await connection.fetchval(
        "select count(*) from runs r join tasks t on t.id = r.task_id where t.folder = $1 and r.status = 'pending'",
        folder,
    )
    if added != count:
        raise SystemExit(f"{added} waiting runs were added instead of {count}")
    await connection.execute("analyze runs")
