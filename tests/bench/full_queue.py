"""How fast runs are drained beside a million waiting runs that no worker accepts, as a ratio to an empty queue."""

import statistics

import asyncpg

from tests.bench.drain import drain
from tests.bench.processes import Processes
from tests.bench.report import report
from tests.bench.rows import add_tasks, add_waiting_runs
from tests.bench.sizes import size

WAITING = size("WAITING_RUNS", 1_000_000)
RUNS = size("FULL_QUEUE_RUNS", 30_000)
ROUNDS = size("FULL_QUEUE_ROUNDS", 3)
TASKS = 10_000


async def measure(system: Processes) -> None:
    """Drain the same runs with nothing else in the queue, then with the waiting ones."""

    async def rounds(queue: str) -> float:
        rates = []
        for number in range(ROUNDS):
            name = f"{queue}-{number}"
            rates.append((await drain(system, executor="noop", command="", runs=RUNS, name=name))[0])
        return statistics.median(rates)

    await drain(system, executor="noop", command="", runs=RUNS // 10 or 1, name="warm")
    empty = await rounds("empty")
    connection = await asyncpg.connect(system.servers.database_url)
    try:
        later = await connection.fetchval("select now() + interval '30 days'")
        await add_tasks(connection, "waiting", TASKS, later)
        await add_waiting_runs(connection, WAITING, folder="waiting")
        full = await rounds("full")
        left = await connection.fetchval("select count(*) from runs where status = 'pending'")
    finally:
        await connection.close()
    if left != WAITING:
        raise SystemExit(f"{left} runs wait at the end instead of {WAITING}")
    report("full_queue_drain_per_s", full, "runs/s", empty)
    report("full_queue_throughput_ratio", full / empty, "of an empty queue")
