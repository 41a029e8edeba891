"""Networks that drop packets: connections stay open, and nothing passes, in one direction or both."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.drill.crew import Replica, Worker
from tests.faults.drill.drill import Drill, Incident
from tests.faults.drill.kills import WORKER_LOST_SECONDS
from tests.faults.drill.namespaces import Namespace, Wire
from tests.faults.drill.servers import broker_url
from tests.faults.fleet import HERE, Place

TAKEOVER_SECONDS = 10
_SKIPPED = "SKIPPED: it takes root to make a network namespace"
_WAYS = {"both ways": (True, True), "outwards": (True, False), "inwards": (False, True)}


def ways(drill: Drill) -> list[tuple[str, tuple[bool, bool]]]:
    """Return the directions to cut: the short form cuts both."""
    return list(_WAYS.items()) if drill.is_long else [("both ways", _WAYS["both ways"])]


async def cut_worker_from_broker(drill: Drill) -> None:
    """Block traffic between a worker and the broker for longer than the heartbeat timeout."""
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
    """Block traffic between the dispatcher and the database: another replica must take over."""
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


async def part_worker_from_broker(drill: Drill) -> None:
    """Drop every packet between a worker and the broker, in the worker's own network namespace."""
    worker = drill.crew.workers[0]
    async with _moved_worker(drill, worker) as wire:
        for name, (outwards, inwards) in _WAYS.items():
            async with drill.row(f"network between worker and broker gone, {name}") as incident:
                if wire is None:
                    incident.notes = _SKIPPED
                    return
                wire.cut(outwards=outwards, inwards=inwards)
                incident.injected += 1
                began = time.time()
                await asyncio.sleep(WORKER_LOST_SECONDS)
                await drill.probe()
                incident.took(max(0.0, time.time() - began - WORKER_LOST_SECONDS), limit=WORKER_LOST_SECONDS)
                wire.mend()
                await drill.until("select status = 'online' from workers where id = $1", worker.name, seconds=60)


async def part_dispatcher_from_database(drill: Drill) -> None:
    """Drop every packet between the dispatcher and the database, in the dispatcher's own network namespace."""
    replica = drill.crew.replicas[0]
    async with _moved_replica(drill, replica) as wire:
        for name, (outwards, inwards) in _WAYS.items():
            async with drill.row(f"network between dispatcher and database gone, {name}") as incident:
                if wire is None:
                    incident.notes = _SKIPPED
                    return
                await _make_leader(drill, replica, incident)
                wire.cut(outwards=outwards, inwards=inwards)
                incident.injected += 1
                began = time.time()
                await drill.until("select replica_id <> $1 from dispatchers", replica.id)
                incident.took(time.time() - began, limit=TAKEOVER_SECONDS)
                await drill.probe()
                wire.mend()
                await drill.crew.until_ready(replica)


async def _make_leader(drill: Drill, replica: Replica, incident: Incident) -> None:
    """Stop the other replica for as long as this one takes to lead."""
    other = next(one for one in drill.crew.replicas if one is not replica)
    await other.end(signal.SIGTERM)
    incident.expect(other.exit_code == 0, f"{other.name} ended with {other.exit_code}")
    await drill.until("select replica_id = $1 from dispatchers", replica.id)
    drill.crew.start(other)
    await drill.crew.until_ready(other)


@asynccontextmanager
async def _network(number: int) -> AsyncIterator[Namespace | None]:
    """Create a network namespace for the block; None where that is not permitted."""
    network = Namespace(number)
    try:
        yield network if await asyncio.to_thread(network.make) else None
    finally:
        network.remove()


@asynccontextmanager
async def _moved_worker(drill: Drill, worker: Worker) -> AsyncIterator[Wire | None]:
    """Run a worker in its own network namespace; None where that is not permitted."""
    async with _network(0) as network:
        if network is None:
            yield None
            return
        try:
            wire = network.wire()
            broker = await drill.servers.broker_proxy(wire.outer)
            await worker.end(signal.SIGTERM)
            worker.place = Place(prefix=network.prefix)
            worker.variables["TASKDECK_BROKER_URL"] = broker_url(broker)
            drill.crew.start(worker)
            await drill.until("select status = 'online' from workers where id = $1", worker.name)
            yield wire
        finally:
            await worker.end(signal.SIGTERM)
            worker.place = HERE
            worker.variables.pop("TASKDECK_BROKER_URL", None)
            drill.crew.start(worker)


@asynccontextmanager
async def _moved_replica(drill: Drill, replica: Replica) -> AsyncIterator[Wire | None]:
    """Let a replica live in a network of its own, with a wire for the database alone; None where not allowed."""
    async with _network(1) as network:
        if network is None:
            yield None
            return
        host, broker, database = replica.host, replica.broker, replica.database
        try:
            everything, wire = network.wire(), network.wire()
            await replica.end(signal.SIGTERM)
            replica.place, replica.host = Place(prefix=network.prefix), everything.inner
            replica.broker = await drill.servers.broker_proxy(everything.outer)
            replica.database = await drill.servers.database_proxy(wire.outer)
            drill.crew.start(replica)
            await drill.crew.until_ready(replica)
            yield wire
        finally:
            await replica.end(signal.SIGTERM)
            replica.place, replica.host, replica.broker, replica.database = HERE, host, broker, database
            drill.crew.start(replica)
            await drill.crew.until_ready(replica)
