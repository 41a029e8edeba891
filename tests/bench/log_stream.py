"""How fast the output of one command is taken in and stored, and what it costs the backend in memory."""

import asyncio
import subprocess
import time
from contextlib import suppress

import asyncpg
import psutil

from backend.worker.output_capture import END_BYTES, WHOLE_BYTES
from tests.bench.processes import Processes, end
from tests.bench.report import report
from tests.bench.sizes import size

MEGABYTES = size("LOG_MB", 200)
STORED_BYTES = 10_000_000
"""Less than what is stored whole of a command's output."""
SAMPLE_SECONDS = 0.02
WAIT_SECONDS = 300
LINE = "0123456789" * 9 + "12345678"

OUTPUT = """
    select coalesce(sum(octet_length(c.text)), 0) as bytes, r.status, r.completed_at - r.started_at as took
    from runs r left join log_chunks c on c.run_id = r.id where r.id = $1 group by r.id
"""
TEXT = "select string_agg(text, '' order by sequence) from log_chunks where run_id = $1"


def _command(count: int) -> str:
    return f"yes {LINE} | head -c {count}"


def _bare_mb_per_s() -> float:
    """Return how fast another process reads the output of the same command from a pipe."""
    began = time.perf_counter()
    subprocess.run(["sh", "-c", f"{_command(MEGABYTES * 1_000_000)} | cat >/dev/null"], check=True)
    return MEGABYTES / (time.perf_counter() - began)


class _Memory:
    """The largest resident memory of a process while this runs, in MiB."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.before = self.most = self._now()

    def _now(self) -> float:
        found: int = self._process.memory_info().rss
        return found / 2**20

    async def watch(self) -> None:
        """Sample until cancelled."""
        while True:
            self.most = max(self.most, self._now())
            await asyncio.sleep(SAMPLE_SECONDS)


async def measure(system: Processes) -> None:
    """Store all of one output, then take in one that is longer than what is stored."""
    worker = await system.start_worker("logs", slots=2)
    connection = await asyncpg.connect(system.servers.database_url)

    async def run(name: str, count: int) -> int:
        task = await system.client.create_task({"name": name, "executor": "shell", "command": _command(count)})
        return (await system.client.trigger_task(task.id)).id

    try:
        await system.until_online(1)
        run_id = await run("stored", STORED_BYTES)
        async with asyncio.timeout(WAIT_SECONDS):
            while (row := await connection.fetchrow(OUTPUT, run_id))["bytes"] < STORED_BYTES:
                await asyncio.sleep(0.005)
            stored = await connection.fetchval(
                "select extract(epoch from clock_timestamp() - started_at)::float8 from runs where id = $1", run_id
            )
        wanted = (f"{LINE}\n" * (STORED_BYTES // len(LINE) + 1))[:STORED_BYTES]
        if await connection.fetchval(TEXT, run_id) != wanted:
            raise SystemExit("the stored output is not what the command wrote")
        memory = _Memory(system.backend.pid)
        watching = asyncio.create_task(memory.watch())
        run_id = await run("stream", MEGABYTES * 1_000_000)
        async with asyncio.timeout(WAIT_SECONDS):
            while (row := await connection.fetchrow(OUTPUT, run_id))["took"] is None:
                await asyncio.sleep(0.1)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        least = min(WHOLE_BYTES, MEGABYTES * 1_000_000)
        if row["status"] != "succeeded" or not least <= row["bytes"] <= WHOLE_BYTES + 2 * END_BYTES:
            raise SystemExit(f"the run of {MEGABYTES} MB {row['status']} with {row['bytes']} bytes of stored output")
    finally:
        end(worker)
        await connection.close()
    bare = await asyncio.to_thread(_bare_mb_per_s)
    report("log_stream_mb_per_s", MEGABYTES / row["took"].total_seconds(), "MB/s", bare)
    report("log_stream_mb_per_s", STORED_BYTES / 1e6 / stored, "MB/s", bare, of="10 MB until all is stored")
    report("log_stream_backend_rss_mb", memory.most, "MiB", memory.before)
