"""Latency from an HTTP trigger to the command's first instruction, on an idle system."""

import asyncio
import http.client
import json
import subprocess
import time

from tests.bench.processes import Processes, end
from tests.bench.report import percentile, report

TRIGGERS = 300
PAUSE_SECONDS = 0.02
COMMAND = "date +%s%N"


def _bare_start_ms() -> float:
    """Return how long the same command takes to start without Taskdeck."""
    values = []
    for _ in range(50):
        began = time.time_ns()
        found = subprocess.run(["sh", "-c", COMMAND], capture_output=True, text=True, check=True)
        values.append((int(found.stdout) - began) / 1e6)
    return percentile(values, 0.5)


def _trigger(url: str, token: str, task_id: int) -> dict[int, int]:
    """Trigger repeatedly over one connection; return the time of each request, by run."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    begun: dict[int, int] = {}
    for _ in range(TRIGGERS):
        at = time.time_ns()
        connection.request("POST", f"/api/tasks/{task_id}/trigger", body=b"{}", headers=headers)
        begun[json.load(connection.getresponse())["data"]["id"]] = at
        time.sleep(PAUSE_SECONDS)
    connection.close()
    return begun


async def measure(system: Processes) -> None:
    """Trigger one run after the other; each command prints its start time."""
    client = system.client
    worker = await system.start_worker("latency", slots=4)
    try:
        await system.until_online(1)
        task = await client.create_task(
            {"name": "latency", "executor": "shell", "command": COMMAND, "overlap_policy": "allow"}
        )
        begun = await asyncio.to_thread(_trigger, system.url, await system.access_token(), task.id)
        values = []
        for run_id, at in begun.items():
            values.extend([(int(chunk.text) - at) / 1e6 async for chunk in client.follow_logs(run_id)])
    finally:
        end(worker)
    limit = _bare_start_ms()
    report("trigger_latency_p50_ms", percentile(values, 0.5), "ms", limit)
    report("trigger_latency_p99_ms", percentile(values, 0.99), "ms", limit)
