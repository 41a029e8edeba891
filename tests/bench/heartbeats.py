"""The backend's CPU for the heartbeats of 1,000 idle workers, each every five seconds over the broker."""

import asyncio
import sys
from asyncio.subprocess import PIPE

import asyncpg
import psutil

from tests.bench.processes import Processes
from tests.bench.report import report
from tests.bench.sizes import size

WORKERS = size("WORKERS", 1_000)
WATCH_SECONDS = size("HEARTBEAT_SECONDS", 30)
SETTLE_SECONDS = 15
"""Three heartbeats of each: the first ones register it, and have more in them."""
MARGIN_SECONDS = 5

FRESH = """
    select count(*) filter (where status = 'online' and last_heartbeat_at > now() - interval '7 s') from workers
"""


async def measure(system: Processes) -> None:
    """Compare the CPU time of the backend process with and without the heartbeats."""
    keys = [(await system.client.enroll_worker(f"beats-{number}")).key for number in range(WORKERS)]
    file = system.folder / "keys"
    file.touch(mode=0o600)
    file.write_text("\n".join(keys))
    backend = psutil.Process(system.backend.pid)
    backend.cpu_percent()
    await asyncio.sleep(WATCH_SECONDS)
    idle = backend.cpu_percent()
    seconds = SETTLE_SECONDS + WATCH_SECONDS + MARGIN_SECONDS
    sender = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.heartbeat_load", system.servers.broker_url, str(file), str(seconds),
        stdout=PIPE,
    )  # fmt: skip
    connection = await asyncpg.connect(system.servers.database_url)
    try:
        assert sender.stdout is not None
        await sender.stdout.readline()
        await asyncio.sleep(SETTLE_SECONDS)
        backend.cpu_percent()
        await asyncio.sleep(WATCH_SECONDS)
        used = backend.cpu_percent()
        fresh = await connection.fetchval(FRESH)
        if await sender.wait():
            raise SystemExit(f"the sender of heartbeats ended with exit code {sender.returncode}")
    finally:
        if sender.returncode is None:
            sender.kill()
            await sender.wait()
        await connection.close()
    if fresh != WORKERS:
        raise SystemExit(f"{fresh} of {WORKERS} workers are online with a heartbeat of the last interval")
    report(f"heartbeats_{WORKERS}_workers_cpu", used, "% of a core")
    report(f"heartbeats_{WORKERS}_workers_cpu", idle, "% of a core", of="without heartbeats")
