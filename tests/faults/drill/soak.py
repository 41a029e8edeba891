"""A long time at half of the maximum load: nothing grows, nothing is left over."""

import asyncio
import signal
import time
from dataclasses import dataclass

import psutil

from tests.faults.drill.drill import Drill
from tests.faults.drill.load import COUNTED, ONCE, PAUSE_SECONDS, Pace

MOST_GROWTH = 1.25
SPARE_DESCRIPTORS = 10
SPARE_TASKS = 20
SLOTS = 24
_WARM_UP_SECONDS = 20
_MEASURE_SECONDS = 30
_REST_SECONDS = 2
_FLAT_OUT = Pace(batch=200, most_waiting=1000, kinds=(COUNTED, ONCE))


@dataclass(frozen=True, slots=True)
class Footprint:
    """The resource usage of the crew; `loop_tasks` are the asyncio tasks of the replicas."""

    memory_mib: int
    descriptors: int
    processes: int
    connections: int
    loop_tasks: int

    def words(self) -> str:
        """Return it for the table's notes."""
        return (
            f"{self.memory_mib} MiB, {self.descriptors} files and sockets, {self.processes} processes, "
            f"{self.connections} database connections, {self.loop_tasks} tasks"
        )


async def soak(drill: Drill, *, seconds: float) -> None:
    """Sustain half of the maximum load, and compare the footprint at the start, in the middle and at the end."""
    for worker in drill.crew.workers:
        await worker.end(signal.SIGTERM)
        worker.slots = SLOTS
        drill.crew.start(worker)
    drill.load.pace = _FLAT_OUT
    async with drill.row(f"soak of {seconds:.0f} s", repeats=False) as incident:
        greatest = await _greatest_rate(drill)
        drill.load.pace = Pace(batch=max(1, round(greatest / 2 * PAUSE_SECONDS)), kinds=_FLAT_OUT.kinds)
        await asyncio.sleep(_WARM_UP_SECONDS)
        taken = [await _at_rest(drill)]
        made, began = len(drill.load.acknowledged), time.monotonic()
        for part in (1, 2):
            await asyncio.sleep(max(0.0, began + seconds * part / 2 - time.monotonic()))
            taken.append(await _at_rest(drill))
            incident.injected = len(drill.load.acknowledged) - made
        first, middle, last = taken
        incident.expect(last.memory_mib < first.memory_mib * MOST_GROWTH, "memory grew")
        incident.expect(last.descriptors <= first.descriptors + SPARE_DESCRIPTORS, "descriptors grew")
        # A pool opens connections, up to its size, when many statements wait at once, and keeps them.
        incident.expect(last.connections <= middle.connections + 2, "connections grew")
        incident.expect(last.loop_tasks <= first.loop_tasks + SPARE_TASKS, "tasks grew")
        rate = incident.injected / (time.monotonic() - began)
        incident.notes = f"{rate:.0f} of {greatest:.0f} runs a second; " + " → ".join(one.words() for one in taken)
        drill.load.is_quiet = True
        # A batch may have been in flight when the load stopped.
        await asyncio.sleep(_REST_SECONDS)
        await drill.until_ended(list(drill.load.acknowledged))
        left = _left_over(drill)
        incident.expect(not left, f"processes are left over: {left}")


async def _at_rest(drill: Drill) -> Footprint:
    """Return the usage of the crew while no command runs: commands have pipes and processes."""
    drill.load.is_quiet = True
    await asyncio.sleep(_REST_SECONDS)
    await drill.until("select not exists (select from runs where status in ('pending', 'dispatched', 'running'))")
    taken = await footprint(drill)
    drill.load.is_quiet = False
    return taken


async def _greatest_rate(drill: Drill) -> float:
    """Return the runs finished a second while more are created than the workers execute."""
    query = "select count(*) from runs where completed_at is not null"
    await asyncio.sleep(_WARM_UP_SECONDS)
    before, began = await drill.ask(query), time.monotonic()
    await asyncio.sleep(_MEASURE_SECONDS)
    after = await drill.ask(query)
    assert isinstance(before, int)
    assert isinstance(after, int)
    return (after - before) / (time.monotonic() - began)


async def footprint(drill: Drill) -> Footprint:
    """Return the current usage of the crew."""
    connections = await drill.ask("select count(*) from pg_stat_activity where application_name like 'taskdeck%'")
    assert isinstance(connections, int)
    processes = [psutil.Process(member.pid) for member in (*drill.crew.replicas, *drill.crew.workers)]
    return Footprint(
        memory_mib=sum(one.memory_info().rss for one in processes) // 2**20,
        descriptors=sum(one.num_fds() for one in processes),
        processes=sum(1 + len(one.children(recursive=True)) for one in processes),
        connections=connections,
        loop_tasks=sum([await drill.load.loop_tasks(replica) for replica in drill.crew.replicas]),
    )


def _left_over(drill: Drill) -> list[str]:
    """Return the child processes of the workers when no run is left."""
    return [
        " ".join(child.cmdline())
        for worker in drill.crew.workers
        for child in psutil.Process(worker.pid).children(recursive=True)
    ]
