"""Memory and CPU of idle processes."""

import asyncio

import psutil

from tests.bench.processes import Processes, end
from tests.bench.report import report

SETTLE_SECONDS = 5
WATCH_SECONDS = 20


async def measure(system: Processes) -> None:
    """Report memory and CPU share of an idle backend and an idle worker."""
    worker = await system.start_worker("idle", slots=8)
    try:
        await system.until_online(1)
        await asyncio.sleep(SETTLE_SECONDS)
        watched = {"backend": psutil.Process(system.backend.pid), "worker": psutil.Process(worker.pid)}
        for process in watched.values():
            process.cpu_percent()
        await asyncio.sleep(WATCH_SECONDS)
        for name, process in watched.items():
            report(f"{name}_rss_mb", process.memory_info().rss / 2**20, "MiB")
            report(f"{name}_idle_cpu_percent", process.cpu_percent(), "% of a core")
    finally:
        end(worker)
