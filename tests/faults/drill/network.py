"""Networks that swallow: connections stay open, and nothing passes, one way or both."""

import asyncio
import time

from tests.faults.drill.drill import Drill
from tests.faults.drill.kills import WORKER_LOST_SECONDS

TAKEOVER_SECONDS = 10
_WAYS = {"both ways": (True, True), "outwards": (True, False), "inwards": (False, True)}


def ways(drill: Drill) -> list[tuple[str, tuple[bool, bool]]]:
    """Return the ways of cutting: the short form cuts both at once."""
    return list(_WAYS.items()) if drill.is_long else [("both ways", _WAYS["both ways"])]


async def cut_worker_from_broker(drill: Drill) -> None:
    """Hold back what a worker and the broker say to each other, longer than it may be silent."""
    for name, (up, down) in ways(drill):
        async with drill.row(f"worker and broker cut, {name}") as incident:
            worker = drill.crew.workers[0]
            worker.broker.hold(up=up, down=down)
            incident.injected += 1
            began = time.time()
            await asyncio.sleep(WORKER_LOST_SECONDS)
            await drill.probe()
            incident.took(max(0.0, time.time() - began - WORKER_LOST_SECONDS), limit=WORKER_LOST_SECONDS)
            worker.broker.release()
            worker.broker.cut()
            await drill.until("select status = 'online' from workers where id = $1", worker.name, seconds=60)


async def cut_dispatcher_from_database(drill: Drill) -> None:
    """Hold back what the dispatcher and the database say to each other: another must take over."""
    for name, (up, down) in ways(drill):
        async with drill.row(f"dispatcher and database cut, {name}") as incident:
            leader = await drill.leader()
            assert leader.database is not None
            leader.database.hold(up=up, down=down)
            began = time.time()
            incident.injected += 1
            await drill.until("select replica_id <> $1 from dispatchers", leader.id)
            incident.took(time.time() - began, limit=TAKEOVER_SECONDS)
            await drill.probe()
            leader.database.release()
            await drill.crew.until_ready(leader)
