"""How many tasks a second the API creates."""

import asyncio
import time

import asyncpg

from tests.bench.report import report
from tests.bench.servers import Processes

TASKS = 1_000
AT_ONCE = 8


async def _insert_limit(url: str) -> float:
    """Return the single-row commits a second of PostgreSQL with the same number of connections."""
    pool = await asyncpg.create_pool(url, min_size=AT_ONCE, max_size=AT_ONCE)
    async with pool:
        await pool.execute("create table bench_rows (id bigint generated always as identity, text text)")

        async def insert(count: int) -> None:
            for _ in range(count):
                await pool.execute("insert into bench_rows (text) values ($1)", "x" * 300)

        began = time.perf_counter()
        await asyncio.gather(*(insert(TASKS // AT_ONCE) for _ in range(AT_ONCE)))
        took = time.perf_counter() - began
        await pool.execute("drop table bench_rows")
    return TASKS / took


async def measure(system: Processes) -> None:
    """Create tasks over several concurrent connections."""

    async def create(first: int) -> None:
        for number in range(first, TASKS, AT_ONCE):
            await system.client.create_task(
                {"name": f"bench-{number}", "executor": "shell", "command": "true", "schedule": "0 3 1 1 *"}
            )

    began = time.perf_counter()
    await asyncio.gather(*(create(first) for first in range(AT_ONCE)))
    took = time.perf_counter() - began
    report("api_creates_per_s", TASKS / took, "tasks/s", await _insert_limit(system.servers.database_url))
