"""A long time at half of what can be done: nothing grows, nothing is left over."""

import asyncio
import time
from dataclasses import dataclass

import psutil

from tests.faults.drill.drill import Drill

MOST_GROWTH = 1.25
SPARE_DESCRIPTORS = 10
_WARM_UP_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Footprint:
    """What the crew takes."""

    memory_mib: int
    descriptors: int
    processes: int
    connections: int

    def words(self) -> str:
        """Return it for the table's notes."""
        return (
            f"{self.memory_mib} MiB, {self.descriptors} descriptors, {self.processes} processes, "
            f"{self.connections} database connections"
        )


async def soak(drill: Drill, *, seconds: float) -> None:
    """Keep the load going, and compare the footprint at the start, in the middle and at the end."""
    async with drill.row(f"soak of {seconds:.0f} s", repeats=False) as incident:
        await asyncio.sleep(_WARM_UP_SECONDS)
        taken = [await footprint(drill)]
        began = time.time()
        for _ in range(2):
            until = time.time() + (seconds - _WARM_UP_SECONDS) / 2
            while time.time() < until:
                await asyncio.sleep(1)
            taken.append(await footprint(drill))
            incident.injected = len(drill.load.acknowledged)
        first, _, last = taken
        incident.expect(last.memory_mib < first.memory_mib * MOST_GROWTH, "memory grew")
        incident.expect(last.descriptors <= first.descriptors + SPARE_DESCRIPTORS, "descriptors grew")
        incident.expect(last.connections <= first.connections + 2, "connections grew")
        rate = len(drill.load.acknowledged) / (time.time() - began + _WARM_UP_SECONDS)
        incident.notes = f"{rate:.0f} runs a second; " + " → ".join(one.words() for one in taken)


async def footprint(drill: Drill) -> Footprint:
    """Return what the crew takes now."""
    connections = await drill.ask("select count(*) from pg_stat_activity where application_name like 'taskdeck%'")
    assert isinstance(connections, int)
    processes = [psutil.Process(member.pid) for member in (*drill.crew.replicas, *drill.crew.workers)]
    return Footprint(
        memory_mib=sum(one.memory_info().rss for one in processes) // 2**20,
        descriptors=sum(one.num_fds() for one in processes),
        processes=sum(1 + len(one.children(recursive=True)) for one in processes),
        connections=connections,
    )
