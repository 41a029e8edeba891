"""From an HTTP trigger to the command's first instruction, on a system that is otherwise idle."""

import asyncio
import subprocess
import time

from tests.bench.report import percentile, report
from tests.bench.servers import Processes, end

TRIGGERS = 300
PAUSE_SECONDS = 0.02
COMMAND = "date +%s%N"


def _bare_start_ms() -> float:
    """Return how long the same command takes to begin without any of us between."""
    values = []
    for _ in range(50):
        began = time.time_ns()
        found = subprocess.run(["sh", "-c", COMMAND], capture_output=True, text=True, check=True)
        values.append((int(found.stdout) - began) / 1e6)
    return percentile(values, 0.5)


async def measure(system: Processes) -> None:
    """Trigger one run after the other; each command prints when it began."""
    client = system.client
    worker = system.start_worker("latency", slots=4)
    try:
        await system.until_online(1)
        task = await client.create_task(
            {"name": "latency", "executor": "shell", "command": COMMAND, "overlap_policy": "allow"}
        )
        begun: dict[int, int] = {}
        for _ in range(TRIGGERS):
            at = time.time_ns()
            begun[(await client.trigger_task(task.id)).id] = at
            await asyncio.sleep(PAUSE_SECONDS)
        values = []
        for run_id, at in begun.items():
            values.extend([(int(chunk.text) - at) / 1e6 async for chunk in client.follow_logs(run_id)])
    finally:
        end(worker)
    limit = _bare_start_ms()
    report("trigger_latency_p50_ms", percentile(values, 0.5), "ms", limit)
    report("trigger_latency_p99_ms", percentile(values, 0.99), "ms", limit)
