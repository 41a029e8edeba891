"""How long `taskdeck apply` takes for a file of 10,000 tasks: new, unchanged, and each changed in one field."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import yaml

from tests.bench.processes import Processes
from tests.bench.report import report
from tests.bench.rows import add_tasks
from tests.bench.sizes import size

TASKS = size("APPLY_TASKS", 10_000)
NAME = f"apply_{f'{TASKS // 1000}k' if TASKS % 1000 == 0 else TASKS}"
WAIT_SECONDS = 300


def _write(file: Path, *, timeout_seconds: int) -> None:
    tasks = [
        {
            "name": f"applied {number:05}",
            "folder": f"apply/{number % 100}",
            "command": f"echo {number}",
            "schedule": f"{number % 60} {number % 24} * * *",
            "labels": {"team": f"t{number % 7}"},
            "timeout_seconds": timeout_seconds,
        }
        for number in range(TASKS)
    ]
    file.write_text(yaml.dump({"tasks": tasks}, Dumper=yaml.CSafeDumper))


async def _insert_limit(system: Processes) -> float:
    """Return how long PostgreSQL alone takes to insert as many tasks with their versions; nothing is left of them."""
    connection = await asyncpg.connect(system.servers.database_url)
    try:
        later = await connection.fetchval("select now() + interval '300 days'")
        transaction = connection.transaction()
        await transaction.start()
        began = time.perf_counter()
        await add_tasks(connection, "limit", TASKS, later)
        took = time.perf_counter() - began
        await transaction.rollback()
        return took
    finally:
        await connection.close()


async def measure(system: Processes) -> None:
    """Apply one file three times."""
    file = system.folder / "tasks.yaml"
    environment = {**os.environ, "TASKDECK_URL": system.url, "TASKDECK_TOKEN": await system.access_token()}
    limit = await _insert_limit(system)

    def apply() -> tuple[float, str]:
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "backend", "apply", "-f", str(file)],
            env=environment, capture_output=True, text=True, timeout=WAIT_SECONDS,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"taskdeck apply ended with exit code {done.returncode}: {done.stderr}")
        return time.perf_counter() - began, done.stdout

    for action, timeout_seconds in (("created", 3600), ("unchanged", 3600), ("changed", 1800)):
        _write(file, timeout_seconds=timeout_seconds)
        took, output = await asyncio.to_thread(apply)
        counted = sum(line.startswith(f"{action} ") for line in output.splitlines())
        if counted != TASKS:
            raise SystemExit(f"taskdeck apply: {counted} of {TASKS} tasks were {action}")
        report(f"{NAME}_tasks_s", took, "s", limit, of=action)
