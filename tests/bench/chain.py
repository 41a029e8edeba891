"""How long a run takes to start after the run that its task depends on: tasks in a row, each without work."""

import asyncio
import statistics

import asyncpg

from tests.bench.processes import Processes, end
from tests.bench.report import report
from tests.bench.sizes import size

TASKS = size("CHAIN_TASKS", 40)
ROUNDS = size("CHAIN_ROUNDS", 5)
WAIT_SECONDS = 120

# Of each task the newest run, in the order of the chain.
HOPS = """
    select count(*) filter (where r.status = 'succeeded') as ended, count(*) as runs,
        max(r.completed_at) - min(r.completed_at) as took,
        bool_and(r.started_at >= r.upstream_ended) as in_order
    from (
        select *, lag(completed_at) over (order by task_id) as upstream_ended from runs where id > $1
    ) r
"""


async def measure(system: Processes) -> None:
    """Trigger the first task several times, and wait for the last."""
    worker = await system.start_worker("chain", slots=4)
    connection = await asyncpg.connect(system.servers.database_url)
    try:
        await system.until_online(1)
        upstream = first = (await system.client.create_task({"name": "chain 1", "executor": "noop"})).id
        for number in range(2, TASKS + 1):
            fields = {"name": f"chain {number}", "executor": "noop", "depends_on": [{"task_id": upstream}]}
            upstream = (await system.client.create_task(fields)).id
        hops = []
        for _ in range(ROUNDS):
            before = await connection.fetchval("select coalesce(max(id), 0) from runs")
            await system.client.trigger_task(first)
            async with asyncio.timeout(WAIT_SECONDS):
                while (row := await connection.fetchrow(HOPS, before))["ended"] < TASKS:
                    await asyncio.sleep(0.2)
            if row["runs"] != TASKS or not row["in_order"]:
                raise SystemExit(f"a chain of {TASKS} tasks made {row['runs']} runs, in order: {row['in_order']}")
            hops.append(row["took"].total_seconds() * 1000 / (TASKS - 1))
    finally:
        end(worker)
        await connection.close()
    report("chain_hop_ms", statistics.median(hops), "ms")
