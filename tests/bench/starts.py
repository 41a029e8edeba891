"""How long processes take to start: a backend on existing data, a worker, and a short command."""

import asyncio
import os
import statistics
import subprocess
import sys
import time

import asyncpg

from tests.bench.processes import Processes, end
from tests.bench.report import report
from tests.bench.sizes import size

TIMES = size("START_TIMES", 7)
WAIT_SECONDS = 60
_BARE = [sys.executable, "-c", "pass"]


def _median_s(command: list[str], environment: dict[str, str]) -> float:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True, timeout=WAIT_SECONDS)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


async def _backend_s(system: Processes) -> float:
    """Return how long until a restarted backend answers that it is ready."""
    taken = []
    for _ in range(TIMES):
        async with system.stopped():
            began = time.perf_counter()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


async def _worker_s(system: Processes) -> float:
    """Return how long until a new worker is registered, so that runs can be assigned to it."""
    connection = await asyncpg.connect(system.servers.database_url)
    taken = []
    try:
        for number in range(TIMES):
            name = f"starts-{number}"
            key_file = await system.enroll(name)
            began = time.perf_counter()
            worker = system.start_enrolled(name, key_file, slots=4)
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    while not await connection.fetchval("select 1 from workers where id = $1", name):
                        await asyncio.sleep(0.005)
                taken.append(time.perf_counter() - began)
            finally:
                end(worker)
    finally:
        await connection.close()
    return statistics.median(taken)


async def measure(system: Processes) -> None:
    """Start each several times; the limit is a Python that does nothing."""
    bare = await asyncio.to_thread(_median_s, _BARE, dict(os.environ))
    report("backend_ready_s", await _backend_s(system), "s", bare)
    report("worker_ready_s", await _worker_s(system), "s", bare)
    environment = {**os.environ, "TASKDECK_URL": system.url, "TASKDECK_TOKEN": await system.access_token()}
    command = [sys.executable, "-m", "backend", "task", "list"]
    report("task_list_s", await asyncio.to_thread(_median_s, command, environment), "s", bare)
