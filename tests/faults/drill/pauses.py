"""SIGSTOP of the active dispatcher and of a worker, and what they do after SIGCONT."""

import asyncio
import signal
import time

from tests.faults.drill.drill import Drill
from tests.faults.drill.kills import WORKER_LOST_SECONDS, until_recovered

TAKEOVER_SECONDS = 10


async def stop_dispatcher(drill: Drill) -> None:
    """Stop the active dispatcher; when it continues, it must not dispatch along with its successor."""
    stopped_seconds = 30 if drill.is_long else 10
    async with drill.row(f"SIGSTOP of the active dispatcher, {stopped_seconds} s", repeats=False) as incident:
        for _ in range(3 if drill.is_long else 1):
            leader = await drill.leader()
            leader.send(signal.SIGSTOP)
            stopped_at = time.time()
            incident.injected += 1
            await drill.until("select replica_id <> $1 from dispatchers", leader.id)
            incident.took(time.time() - stopped_at, limit=TAKEOVER_SECONDS)
            await asyncio.sleep(max(0.0, stopped_at + stopped_seconds - time.time()))
            since = await drill.ask("select since from dispatchers")
            leader.send(signal.SIGCONT)
            await asyncio.sleep(2)
            incident.expect(
                await drill.ask("select since from dispatchers") == since, "the one that woke took the lead back"
            )
            await drill.crew.until_ready(leader)


async def stop_worker(drill: Drill) -> None:
    """Stop a worker past its timeout; its late results change nothing."""
    async with drill.row("SIGSTOP of a worker past its timeout") as incident:
        for _ in range(5 if drill.is_long else 1):
            worker = drill.crew.workers[0]
            async with asyncio.timeout(30):
                while not await drill.ask(
                    "select count(*) > 1 from runs where worker_id = $1 and status = 'running'", worker.name
                ):
                    await asyncio.sleep(0.02)
            worker.send(signal.SIGSTOP)
            stopped_at = time.time()
            incident.injected += 1
            await drill.until("select status = 'lost' from workers where id = $1", worker.name)
            await until_recovered(drill, worker, stopped_at)
            incident.took(time.time() - stopped_at, limit=WORKER_LOST_SECONDS)
            worker.send(signal.SIGCONT)
            await drill.until("select status = 'online' from workers where id = $1", worker.name)
        await drill.until("select exists (select from run_attempts where superseded)")
        incident.notes = (
            f"{await drill.ask('select count(*) from run_attempts where superseded')} late results were recorded "
            "as superseded"
        )
