"""Ten times more runs than the workers can execute: memory is constant, the API answers, critical runs start first."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil

from tests.faults.drill.drill import Drill
from tests.faults.drill.load import PROBE, SURPLUS

CRITICAL_SECONDS = 1
ANSWER_P99_SECONDS = 0.5
MOST_GROWTH = 1.5
TIMES = 10
_BATCH = 50
_PAUSE_SECONDS = 0.3
_SLOTS = 2
_END_SECONDS = 300


async def overload(drill: Drill) -> None:
    """Create runs far faster than they finish, for some time; then cancel the rest."""
    seconds = 600 if drill.is_long else 15
    async with (
        _few_slots(drill),
        drill.row(f"{TIMES} times more runs than capacity, {seconds} s", repeats=False) as incident,
    ):
        drill.load.is_quiet = True
        memory = [_memory(drill)]
        asked: list[float] = []
        began = time.time()
        while time.time() < began + seconds:
            await drill.load.make([SURPLUS] * _BATCH)
            asked.append(await _ask(drill))
            if incident.injected % 5 == 0:
                incident.took(await _start_critical(drill), limit=CRITICAL_SECONDS)
                memory.append(_memory(drill))
            incident.injected += 1
            await asyncio.sleep(_PAUSE_SECONDS)
        answer = await drill.load.ask("GET", "/api/system/queues")
        age = answer.json()["data"]["oldest_waiting_seconds"] if answer is not None else None
        waiting = await drill.ask("select count(*) from runs where status = 'pending'")
        assert isinstance(waiting, int)
        await drill.load.cancel_all()
        await drill.until_ended(list(drill.load.acknowledged), seconds=_END_SECONDS)
        drill.load.is_quiet = False

        asked.sort()
        p99 = asked[int(len(asked) * 0.99)]
        incident.expect(p99 <= ANSWER_P99_SECONDS, f"the API's p99 was {p99 * 1000:.0f} ms")
        third = max(1, len(memory) // 3)
        incident.expect(
            max(memory[-third:]) < max(memory[:third]) * MOST_GROWTH, f"memory grew: {_megabytes(memory)} MiB"
        )
        incident.expect(age is not None, "the age of the oldest waiting run is not shown")
        made = incident.injected * _BATCH
        taken = made - waiting
        incident.expect(made > TIMES * taken, f"{made} runs were made, and {taken} taken: that is no overload")
        incident.notes = (
            f"{made} runs made, {taken} taken, the others cancelled in the end; p99 {p99 * 1000:.0f} ms; "
            f"memory {_megabytes(memory)} MiB; oldest waited {age:.0f} s"
        )


@asynccontextmanager
async def _few_slots(drill: Drill) -> AsyncIterator[None]:
    """Reduce the workers' slots so far that this machine can create many times more runs than they execute."""
    former = [worker.slots for worker in drill.crew.workers]
    try:
        await _give_slots(drill, [_SLOTS] * len(former))
        yield
    finally:
        await _give_slots(drill, former)


async def _give_slots(drill: Drill, slots: list[int]) -> None:
    for worker, count in zip(drill.crew.workers, slots, strict=True):
        await worker.end(signal.SIGTERM)
        worker.slots = count
        drill.crew.start(worker)
        await drill.until("select status = 'online' from workers where id = $1", worker.name)


async def _ask(drill: Drill) -> float:
    """Return the response time of the API."""
    began = time.time()
    await drill.load.ask("GET", "/api/system/queues")
    return time.time() - began


async def _start_critical(drill: Drill) -> float:
    """Return the time from the request of a critical run to the start of its command."""
    began = time.time()
    run_ids = await drill.load.make([PROBE])
    await drill.until_ended(run_ids)
    started = await drill.ask("select extract(epoch from started_at)::float8 from runs where id = $1", run_ids[0])
    assert isinstance(started, float)
    return started - began


def _memory(drill: Drill) -> int:
    members = [*drill.crew.replicas, *drill.crew.workers]
    return sum(psutil.Process(member.pid).memory_info().rss for member in members if member.is_up)


def _megabytes(memory: list[int]) -> str:
    return " … ".join(str(memory[place] // 2**20) for place in (0, len(memory) // 2, -1))
