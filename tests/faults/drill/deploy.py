"""A new version beside the old, with commands that run: workers drain, replicas hand over, nobody is told 5xx."""

import asyncio
import os
import signal
import subprocess
import sys
import time

from tests.faults.drill.drill import Drill, Incident
from tests.faults.drill.load import COUNTED, LONG
from tests.faults.drill.servers import database_url

END_SECONDS = 10
DRAIN_SECONDS = 2


async def roll(drill: Drill) -> None:
    """Replace each worker and each replica by a new one, one after the other; migrate while both run."""
    async with drill.row("deploy: each process replaced, migrations meanwhile", repeats=False) as incident:
        for _ in range(3 if drill.is_long else 1):
            migrating = asyncio.create_task(asyncio.to_thread(_migrate, drill))
            for worker in drill.crew.workers:
                await worker.end(signal.SIGTERM)
                incident.expect(worker.exit_code == 0, f"{worker.name} ended with {worker.exit_code}")
                drill.crew.start(worker)
                incident.injected += 1
            for replica in drill.crew.replicas:
                began = time.time()
                await replica.end(signal.SIGTERM)
                incident.took(time.time() - began, limit=END_SECONDS)
                incident.expect(replica.exit_code == 0, f"{replica.name} ended with {replica.exit_code}")
                drill.crew.start(replica)
                await drill.crew.until_ready(replica)
                incident.injected += 1
            incident.expect(await migrating == 0, "taskdeck migrate failed")
        await _expect_no_failures(drill, incident)


async def drain_in_time(drill: Drill) -> None:
    """End a worker whose runs take longer than it may drain: they go back, or fail where they may not run twice."""
    async with drill.row("deploy: a drain that runs out of time") as incident:
        worker = drill.crew.workers[0]
        worker.variables["TASKDECK_DRAIN_TIMEOUT_SECONDS"] = str(DRAIN_SECONDS)
        await worker.end(signal.SIGTERM)
        drill.crew.start(worker)
        await drill.until("select status = 'online' from workers where id = $1", worker.name)
        drill.load.is_quiet = True
        long_runs = await drill.load.make([LONG] * 4)
        await drill.until("select count(*) from runs where id = any($1) and status = 'running'", long_runs, is_value=4)
        began = time.time()
        await worker.end(signal.SIGTERM)
        incident.injected += 1
        incident.took(time.time() - began, limit=DRAIN_SECONDS + END_SECONDS)
        incident.expect(worker.exit_code == 0, f"{worker.name} ended with {worker.exit_code}")
        drill.load.is_quiet = False
        del worker.variables["TASKDECK_DRAIN_TIMEOUT_SECONDS"]
        drill.crew.start(worker)
        await drill.until_ended(long_runs)
        await drill.until_ended(await drill.load.make([COUNTED]))


async def _expect_no_failures(drill: Drill, incident: Incident) -> None:
    failed = await drill.ask(
        "select count(*) from runs where id = any($1) and status <> 'succeeded' and completed_at is not null",
        list(drill.load.acknowledged),
    )
    incident.expect(failed == 0, f"{failed} runs failed, though every worker was drained")


def _migrate(drill: Drill) -> int:
    replica = drill.crew.replicas[0]
    assert replica.database is not None
    return subprocess.run(
        [sys.executable, "-m", "backend", "migrate"],
        env={**os.environ, "TASKDECK_DATABASE_URL": database_url(replica.database)},
        capture_output=True,
        check=False,
        timeout=60,
    ).returncode
