"""procrastinate on PostgreSQL: one process with 64 jobs at once."""

import asyncio
import os
import sys
import time

import procrastinate
from counting import DATABASE_URL, do_async

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=os.environ[DATABASE_URL]))


@app.task(name="job")
async def job(kind: str) -> None:
    await do_async(kind)


async def prepare() -> None:
    """Make the tables."""
    async with app.open_async():
        await app.schema_manager.apply_schema_async()


async def enqueue(kind: str, jobs: int) -> float:
    """Return the seconds that the jobs take to be enqueued one by one."""
    async with app.open_async():
        await job.defer_async(kind=kind)
        began = time.perf_counter()
        for _ in range(jobs - 1):
            await job.defer_async(kind=kind)
        return time.perf_counter() - began


async def work() -> None:
    """Work until the process is ended."""
    async with app.open_async():
        await app.run_worker_async(concurrency=64)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        asyncio.run(prepare())
    elif sys.argv[1] == "enqueue":
        print(asyncio.run(enqueue(sys.argv[2], int(sys.argv[3]))))
    elif sys.argv[1] == "work":
        asyncio.run(work())
