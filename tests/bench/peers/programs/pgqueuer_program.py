"""pgqueuer on PostgreSQL: one process, batches of 128."""

import asyncio
import os
import sys
import time

import asyncpg
from counting import DATABASE_URL, do_async
from pgqueuer import AsyncpgDriver, Job, QueueManager
from pgqueuer.queries import Queries

AT_ONCE = 128


async def prepare() -> None:
    """Make the tables."""
    connection = await asyncpg.connect(os.environ[DATABASE_URL])
    await Queries(AsyncpgDriver(connection)).install()
    await connection.close()


async def enqueue(kind: str, jobs: int) -> float:
    """Return the seconds that the jobs take to be enqueued one by one."""
    connection = await asyncpg.connect(os.environ[DATABASE_URL])
    queries = Queries(AsyncpgDriver(connection))
    await queries.enqueue("job", kind.encode())
    began = time.perf_counter()
    for _ in range(jobs - 1):
        await queries.enqueue("job", kind.encode())
    took = time.perf_counter() - began
    await connection.close()
    return took


async def work() -> None:
    """Work until the process is ended."""
    connection = await asyncpg.connect(os.environ[DATABASE_URL])
    manager = QueueManager(Queries(AsyncpgDriver(connection)))

    @manager.entrypoint("job")
    async def job(job: Job) -> None:
        await do_async((job.payload or b"").decode())

    await manager.run(batch_size=AT_ONCE, max_concurrent_tasks=2 * AT_ONCE)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        asyncio.run(prepare())
    elif sys.argv[1] == "enqueue":
        print(asyncio.run(enqueue(sys.argv[2], int(sys.argv[3]))))
    elif sys.argv[1] == "work":
        asyncio.run(work())
