"""SIGKILL of a worker, of the active dispatcher, of an API replica, and of all processes."""

import asyncio
import random
import time

from tests.faults.drill.crew import Worker
from tests.faults.drill.drill import Drill

WORKER_LOST_SECONDS = 8
"""The heartbeat timeout of a drill, with time for one or two checks."""
TAKEOVER_SECONDS = 2
SERVE_SECONDS = 2
START_SECONDS = 60


async def moment() -> None:
    """Wait until some moment."""
    await asyncio.sleep(random.uniform(0.2, 1.2))


async def until_recovered(drill: Drill, worker: Worker, killed_at: float) -> None:
    """Return when no run that was assigned to the worker before the kill is left."""
    await drill.until(
        """
        select not exists (select from runs where worker_id = $1 and status in ('dispatched', 'running')
            and dispatched_at < to_timestamp($2))
        """,
        worker.name,
        killed_at,
    )


async def kill_workers(drill: Drill) -> None:
    """Kill a worker, and restart it before or after it counts as lost."""
    async with drill.row("SIGKILL of a worker") as incident:
        for number in range(drill.times):
            await moment()
            worker = random.choice(drill.crew.workers)
            await worker.end()
            killed_at = time.time()
            incident.injected += 1
            if number % 2:
                drill.crew.start(worker)
            await until_recovered(drill, worker, killed_at)
            incident.took(time.time() - killed_at, limit=WORKER_LOST_SECONDS)
            if not worker.is_up:
                drill.crew.start(worker)


async def kill_dispatchers(drill: Drill) -> None:
    """Kill the active dispatcher; the other replica must take over."""
    async with drill.row("SIGKILL of the active dispatcher", repeats=False) as incident:
        for _ in range(drill.times):
            await moment()
            leader = await drill.leader()
            await leader.end()
            killed_at = time.time()
            incident.injected += 1
            await drill.until("select replica_id <> $1 from dispatchers", leader.id)
            incident.took(time.time() - killed_at, limit=TAKEOVER_SECONDS)
            drill.crew.start(leader)
            await drill.crew.until_ready(leader)


async def kill_replicas(drill: Drill) -> None:
    """Kill a standby replica; the API continues on the other."""
    async with drill.row("SIGKILL of an API replica", repeats=False) as incident:
        for _ in range(drill.times):
            await moment()
            leader = await drill.leader()
            standby = next(replica for replica in drill.crew.replicas if replica is not leader)
            await standby.end()
            killed_at = time.time()
            incident.injected += 1
            await drill.probe()
            incident.took(time.time() - killed_at, limit=SERVE_SECONDS)
            drill.crew.start(standby)
            await drill.crew.until_ready(standby)


async def kill_all(drill: Drill) -> None:
    """Kill all processes at once, and restart them."""
    async with drill.row("SIGKILL of all processes") as incident:
        for _ in range(drill.times if drill.is_long else 1):
            await moment()
            members = [*drill.crew.replicas, *drill.crew.workers]
            for member in members:
                await member.end()
            incident.injected += 1
            began = time.time()
            for member in members:
                drill.crew.start(member)
            for replica in drill.crew.replicas:
                await drill.crew.until_ready(replica)
            await drill.probe()
            incident.took(time.time() - began, limit=START_SECONDS)
