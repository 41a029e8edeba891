"""Ten times more runs than the workers can take: memory stays flat, answers come, critical runs go first."""

import asyncio
import time

import psutil

from tests.faults.drill.drill import Drill
from tests.faults.drill.load import COUNTED

CRITICAL_SECONDS = 1
ANSWER_P99_SECONDS = 0.5
MOST_GROWTH = 1.5
_BATCH = 50
_END_SECONDS = 300


async def overload(drill: Drill) -> None:
    """Make runs far faster than they end, for a while, and watch."""
    seconds = 600 if drill.is_long else 15
    async with drill.row(f"10 times more runs than can be taken, {seconds} s", repeats=False) as incident:
        drill.load.is_quiet = True
        memory = [_memory(drill)]
        asked: list[float] = []
        until = time.time() + seconds
        while time.time() < until:
            await drill.load.make([COUNTED] * _BATCH)
            began = time.time()
            await drill.load.ask("GET", "/api/system/queues")
            asked.append(time.time() - began)
            if incident.injected % 5 == 0:
                began = time.time()
                await drill.probe()
                incident.took(time.time() - began, limit=CRITICAL_SECONDS)
                memory.append(_memory(drill))
            incident.injected += 1
            await asyncio.sleep(0.2)
        asked.sort()
        p99 = asked[int(len(asked) * 0.99)]
        incident.expect(p99 <= ANSWER_P99_SECONDS, f"the API's p99 was {p99 * 1000:.0f} ms")
        third = max(1, len(memory) // 3)
        incident.expect(
            max(memory[-third:]) < max(memory[:third]) * MOST_GROWTH, f"memory grew: {_megabytes(memory)} MiB"
        )
        answer = await drill.load.ask("GET", "/api/system/queues")
        age = answer.json()["data"]["oldest_waiting_seconds"] if answer is not None else None
        incident.expect(age is not None, "the age of the oldest waiting run is not shown")
        incident.notes = f"p99 {p99 * 1000:.0f} ms; memory {_megabytes(memory)} MiB; oldest waited {age} s"
        # What still waits would take as long again ten times over: it is cancelled, and so has its outcome too.
        await drill.load.cancel_all()
        await drill.until_ended(list(drill.load.acknowledged), seconds=_END_SECONDS)
        drill.load.is_quiet = False


def _memory(drill: Drill) -> int:
    members = [*drill.crew.replicas, *drill.crew.workers]
    return sum(psutil.Process(member.pid).memory_info().rss for member in members if member.is_up)


def _megabytes(memory: list[int]) -> str:
    return " … ".join(str(memory[place] // 2**20) for place in (0, len(memory) // 2, -1))
