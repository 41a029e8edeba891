"""Throughput of runs, and the machine's limits for comparison."""

import asyncio
import subprocess
import time

import aio_pika
import asyncpg

from tests.bench.processes import Processes, end
from tests.bench.report import report

NOOP_RUNS = 30_000
SHELL_RUNS = 3_000
BATCH = 10_000
SLOTS = 64
LIMIT_MESSAGES = 20_000
WAIT_SECONDS = 300


async def drain(system: Processes, *, executor: str, command: str, runs: int, name: str) -> tuple[float, float]:
    """Return runs executed a second, and runs created a second. The worker starts when all runs are queued.

    `name` is that of the task and of the worker, and must be new.
    """
    client = system.client
    task = await client.create_task({"name": name, "executor": executor, "command": command, "overlap_policy": "allow"})
    began = time.perf_counter()
    for start in range(0, runs, BATCH):
        await client.batch([{"task_id": task.id}] * min(BATCH, runs - start))
    created = runs / (time.perf_counter() - began)
    worker = await system.start_worker(name, slots=SLOTS)
    connection = await asyncpg.connect(system.servers.database_url)
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                row = await connection.fetchrow(
                    "select count(*) filter (where completed_at is null) as open, min(dispatched_at) as first,"
                    " max(completed_at) as last, count(*) filter (where status = 'succeeded') as good"
                    " from runs where task_id = $1",
                    task.id,
                )
                if row["open"] == 0:
                    break
                await asyncio.sleep(0.5)
    finally:
        await connection.close()
        end(worker)
    if row["good"] != runs:
        raise SystemExit(f"only {row['good']} of {runs} runs succeeded")
    return runs / (row["last"] - row["first"]).total_seconds(), created


async def _broker_limit(url: str) -> float:
    """Return the messages a second that one process publishes and consumes, without any other work."""
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel(publisher_confirms=False)
        await channel.set_qos(prefetch_count=500)
        queue = await channel.declare_queue(exclusive=True)
        body = b"x" * 300
        seen = 0
        done = asyncio.Event()

        async def take(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            nonlocal seen
            await message.ack()
            seen += 1
            if seen == LIMIT_MESSAGES:
                done.set()

        began = time.perf_counter()
        await queue.consume(take)
        for _ in range(LIMIT_MESSAGES):
            await channel.default_exchange.publish(aio_pika.Message(body), routing_key=queue.name)
        await done.wait()
        return LIMIT_MESSAGES / (time.perf_counter() - began)


def xargs_limit() -> float:
    """Return the processes a second that xargs runs, two at a time."""
    numbers = "\n".join(str(number) for number in range(SHELL_RUNS))
    began = time.perf_counter()
    subprocess.run(["xargs", "-P2", "-n1", "sh", "-c", "true"], input=numbers, text=True, check=True)
    return SHELL_RUNS / (time.perf_counter() - began)


async def measure(system: Processes) -> None:
    """Measure both kinds of runs, and the batches that create them."""
    limit = await _broker_limit(system.servers.broker_url)
    drained, created = await drain(system, executor="noop", command="", runs=NOOP_RUNS, name="drain-noop")
    report("noop_drain_per_s", drained, "runs/s", limit)
    report("batch_trigger_runs_per_s", created, "runs/s")
    shell_limit = await asyncio.to_thread(xargs_limit)
    drained, _ = await drain(system, executor="shell", command="true", runs=SHELL_RUNS, name="drain-shell")
    report("shell_drain_per_s", drained, "runs/s", shell_limit)
