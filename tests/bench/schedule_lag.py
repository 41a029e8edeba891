"""How late scheduled runs start where 100,000 tasks have schedules, of which some are due each second."""

import asyncio

import asyncpg

from tests.bench.processes import Processes, end
from tests.bench.report import percentile, report
from tests.bench.rows import add_tasks
from tests.bench.sizes import size

SCHEDULES = size("SCHEDULES", 100_000)
DUE_PER_SECOND = size("DUE_PER_SECOND", 20)
SECONDS = size("SCHEDULE_LAG_SECONDS", 60)
LEAD_SECONDS = 10
WAIT_SECONDS = 60
SLOTS = 64

# $1 the first moment, $2 due each second, $3 how many together.
SPREAD = """
    update tasks t set next_occurrence_at = due.at, next_run_at = due.at from (
        select id, $1::timestamptz + (row_number() over (order by id) - 1) / $2::integer * interval '1 second' as at
        from tasks where folder = 'lag' order by id limit $3::integer
    ) due where t.id = due.id
"""

LAGS = """
    select count(*) filter (where r.status = 'succeeded') as ended, count(*) as runs,
        count(distinct r.task_id) as tasks,
        array_agg(1000 * extract(epoch from r.queued_at - r.scheduled_for)::float8) as queued,
        array_agg(1000 * extract(epoch from r.started_at - r.scheduled_for)::float8) as started
    from runs r where r.trigger = 'schedule'
"""


async def measure(system: Processes) -> None:
    """Let tasks fall due on whole seconds, as those of cron do, with a worker that has room for all of them."""
    together = DUE_PER_SECOND * SECONDS
    if together > SCHEDULES:
        raise SystemExit(f"{together} tasks cannot fall due among {SCHEDULES}: raise TASKDECK_BENCH_SCHEDULES")
    worker = await system.start_worker("lag", slots=SLOTS)
    connection = await asyncpg.connect(system.servers.database_url)
    try:
        await system.until_online(1)
        later = await connection.fetchval("select now() + interval '30 days'")
        await add_tasks(connection, "lag", SCHEDULES, later)
        first = await connection.fetchval("select date_trunc('second', now()) + $1 * interval '1 second'", LEAD_SECONDS)
        await connection.execute(SPREAD, first, DUE_PER_SECOND, together)
        # The dispatcher sleeps until the next occurrence that it knows; a new task makes it read them again.
        await system.client.create_task({"name": "wakes the dispatcher", "executor": "noop", "schedule": "0 0 1 1 *"})
        await asyncio.sleep(LEAD_SECONDS + SECONDS)
        async with asyncio.timeout(WAIT_SECONDS):
            while (row := await connection.fetchrow(LAGS))["ended"] < together:
                await asyncio.sleep(0.5)
    finally:
        end(worker)
        await connection.close()
    if (row["runs"], row["tasks"]) != (together, together):
        raise SystemExit(f"{row['runs']} runs of {row['tasks']} tasks instead of one of each of {together}")
    report("schedule_lag_p50_ms", percentile(row["started"], 0.5), "ms")
    report("schedule_lag_p99_ms", percentile(row["started"], 0.99), "ms")
    report("schedule_lag_p99_ms", percentile(row["queued"], 0.99), "ms", of="until queued")
