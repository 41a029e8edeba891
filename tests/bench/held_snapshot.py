"""How fast runs are drained while a `REPEATABLE READ` transaction is held open, as pg_dump does, as a ratio to without.

PostgreSQL removes no row version that such a transaction could see: a queue that finds its next runs among removed ones
slows down with each run that ends. What slows it down is the number of runs ended, not time: two minutes are hundreds
of thousands of runs, and show it in a benchmark that somebody waits for. TASKDECK_BENCH_SNAPSHOT_SECONDS=600 is ten
minutes of each.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import asyncpg

from tests.bench.processes import Processes, end, processes
from tests.bench.report import report
from tests.bench.servers import ServerPair
from tests.bench.sizes import size

SECONDS = size("SNAPSHOT_SECONDS", 120)
FEED_RUNS = 10_000
AHEAD_RUNS = 40_000
"""Created ahead of what is known to have ended, so that the worker never waits for runs."""
LAG_SECONDS = 2
"""How long after its time a run has surely been committed as ended."""
SLOTS = 64
WAIT_SECONDS = 300

ENDED_BETWEEN = "select count(*) from runs where completed_at > $1 and completed_at <= $2"


async def measure(pair: ServerPair, folder: Path) -> None:
    """Run the same load twice, each in a database of its own, and compare the last third of each."""
    rates = {}
    for is_held in (False, True):
        name = "held" if is_held else "free"
        async with pair.place(name) as where, processes(where, folder / name) as system:
            rates[is_held] = await _drained_per_s(system, is_held=is_held)
    report("drain_with_held_snapshot_per_s", rates[True], "runs/s", rates[False])
    report("drain_ratio_with_held_snapshot", rates[True] / rates[False], f"of no snapshot, after {SECONDS} s")


async def _drained_per_s(system: Processes, *, is_held: bool) -> float:
    worker = await system.start_worker("worker", slots=SLOTS)
    observer = await asyncpg.connect(system.servers.database_url)
    holder = await asyncpg.connect(system.servers.database_url)
    try:
        await system.until_online(1)
        fields = {"name": "drained", "executor": "noop", "overlap_policy": "allow"}
        task_id = (await system.client.create_task(fields)).id
        snapshot = holder.transaction(isolation="repeatable_read", readonly=True)
        if is_held:
            await snapshot.start()
            await holder.fetchval("select count(*) from runs")  # the snapshot is that of the first statement
        created, last = await _load(system, observer, task_id)
        if is_held:
            if await holder.fetchval("select count(*) from runs"):
                raise SystemExit("the transaction sees runs that were created after its snapshot")
            await snapshot.rollback()
        async with asyncio.timeout(WAIT_SECONDS):
            while await observer.fetchval("select count(*) from runs where completed_at is null"):
                await asyncio.sleep(0.5)
        good = await observer.fetchval("select count(*) from runs where status = 'succeeded'")
        if good != created:
            raise SystemExit(f"only {good} of {created} runs succeeded")
        return last
    finally:
        end(worker)
        await observer.close()
        await holder.close()


async def _load(system: Processes, observer: asyncpg.Connection[Any], task_id: int) -> tuple[int, float]:
    """Create runs as they end; return their number, and how many ended a second in the last third of the time."""
    created = ended = 0
    counted = began = await observer.fetchval("select now()")
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        now = await observer.fetchval(f"select greatest($1, now() - interval '{LAG_SECONDS} s')", counted)
        ended += await observer.fetchval(ENDED_BETWEEN, counted, now)
        counted = now
        if created - ended < AHEAD_RUNS:
            await system.client.batch([{"task_id": task_id}] * FEED_RUNS)
            created += FEED_RUNS
        else:
            await asyncio.sleep(0.2)
    waiting = await observer.fetchval("select count(*) from runs where completed_at is null")
    if not waiting:
        raise SystemExit("the worker waited for runs: the load was not enough to measure with")
    now = await observer.fetchval("select now()")
    third = (now - began) / 3
    last = await observer.fetchval(ENDED_BETWEEN, now - third, now)
    if not last:
        raise SystemExit(f"no run ended in the last third of {SECONDS} s: raise TASKDECK_BENCH_SNAPSHOT_SECONDS")
    return created, last / third.total_seconds()
