"""RabbitMQ restarted, down, disconnected, short of disk; queues deleted; messages doubled, reordered, invalid."""

import asyncio
import itertools
import random
import time

import aio_pika
from aio_pika.abc import AbstractChannel

from backend.broker.keys import WorkerKey
from backend.broker.queues import DEAD_LETTERS, HEARTBEAT_QUEUE, LOG_QUEUE, REPORT_QUEUE, worker_queue
from backend.broker.signing import SEAL_HEADER, Stamp, seal
from tests.faults.drill.drill import Drill, Incident

RESUME_SECONDS = 5


async def until_dispatching(drill: Drill, incident: Incident, since: float) -> None:
    """Return when a new run has finished; record the time since the broker is available."""
    await drill.probe()
    incident.took(time.time() - since, limit=RESUME_SECONDS)


async def expect_no_worker_lost(drill: Drill, incident: Incident, began: float) -> None:
    """Record workers that were lost since `began`."""
    lost = await drill.ask(
        """
        select count(*) from run_attempts
        where outcome = 'lost' and completed_at > to_timestamp($1) and error like 'worker % was lost%'
        """,
        began,
    )
    incident.expect(lost == 0, f"{lost} runs were taken from workers that lived: only the broker was away")


async def restart_broker(drill: Drill) -> None:
    """Restart the node."""
    async with drill.row("RabbitMQ restarted") as incident:
        for _ in range(5 if drill.is_long else 1):
            began = time.time()
            await asyncio.to_thread(drill.servers.rabbit.stop)
            await asyncio.to_thread(drill.servers.rabbit.start)
            incident.injected += 1
            await until_dispatching(drill, incident, time.time())
            await expect_no_worker_lost(drill, incident, began)


async def broker_down(drill: Drill) -> None:
    """Keep it down for longer than the heartbeat timeout; results wait on the workers' disks."""
    seconds = 120 if drill.is_long else 6
    async with drill.row(f"RabbitMQ down for {seconds} s") as incident:
        began = time.time()
        incident.injected += 1
        await asyncio.to_thread(drill.servers.rabbit.stop)
        await asyncio.sleep(seconds)
        spooled = sum(file.stat().st_size for file in drill.folder.rglob("spool.jsonl"))
        await asyncio.to_thread(drill.servers.rabbit.start)
        await until_dispatching(drill, incident, time.time())
        await expect_no_worker_lost(drill, incident, began)
        incident.expect(spooled > 0, "no result waited on a worker's disk")
        incident.notes = f"{spooled:,} bytes of results waited on the workers' disks"


async def cut_connections(drill: Drill) -> None:
    """Reset the connections of each process repeatedly, in the middle of anything."""
    async with drill.row("a connection to RabbitMQ cut in mid-publish") as incident:
        began = time.time()
        members = [*drill.crew.workers, *drill.crew.replicas]
        for _ in range(drill.times * 6):
            await asyncio.sleep(random.uniform(0.1, 0.6))
            random.choice(members).broker.cut()
            incident.injected += 1
        await until_dispatching(drill, incident, time.time())
        await expect_no_worker_lost(drill, incident, began)


async def delete_queues(drill: Drill) -> None:
    """Delete shared queues with their messages; a lost result only costs time."""
    async with drill.row("a queue deleted") as incident, Channel(drill) as channel:
        for _ in range(drill.times):
            for spec in (REPORT_QUEUE, HEARTBEAT_QUEUE, LOG_QUEUE):
                await asyncio.sleep(random.uniform(0.1, 0.5))
                await channel.queue_delete(spec.name)
                incident.injected += 1
            await until_dispatching(drill, incident, time.time())


async def double_and_reorder(drill: Drill) -> None:
    """While no replica consumes, redeliver the workers' messages twice and in another order."""
    async with drill.row("messages doubled and reordered", repeats=False) as incident, Channel(drill) as channel:
        for _ in range(drill.times):
            for replica in drill.crew.replicas:
                await replica.broker.refuse()
            await asyncio.sleep(1)
            taken: list[tuple[str, aio_pika.Message]] = []
            for name in (REPORT_QUEUE.name, HEARTBEAT_QUEUE.name, LOG_QUEUE.name):
                queue = await channel.get_queue(name, ensure=False)
                while (message := await queue.get(no_ack=True, fail=False)) is not None:
                    taken += [(name, aio_pika.Message(message.body, headers=message.headers))] * 2
            random.shuffle(taken)
            for name, again in taken:
                await channel.default_exchange.publish(again, name)
            incident.injected += len(taken)
            for replica in drill.crew.replicas:
                await replica.broker.open()
            await drill.probe()


async def poison(drill: Drill) -> None:
    """Publish invalid messages, and valid ones that can never be recorded, to every queue.

    What an enrolled worker sealed is kept as a dead letter. What nobody sealed is dropped, as a command of others is.
    """
    unreadable = (b"", b"\xff\xfe", b"{}", b'{"kind": "assign", "assignments": 7}')
    unrecordable = (
        b'{"worker_id": "poisoner", "incarnation": "y", "started": [],'
        b' "finished": [{"run_id": 99999999999999999999, "attempt": 1, "outcome": "failed", "ago_ms": 0}]}'
    )
    key = WorkerKey.parse(await drill.crew.enroll("poisoner"))
    assert key is not None
    numbers = itertools.count(1)

    def sealed(queue: str, body: bytes) -> aio_pika.Message:
        stamp = Stamp(party=key.worker_id, incarnation="y", number=next(numbers), at_ms=1)
        return aio_pika.Message(body, headers={SEAL_HEADER: seal(stamp, body, purpose=queue, key=key.secret)})

    async with drill.row("a poison message", repeats=False) as incident, Channel(drill) as channel:
        before = await _dead_letters(channel)
        for spec in (REPORT_QUEUE, LOG_QUEUE, HEARTBEAT_QUEUE, worker_queue(drill.crew.workers[0].name)):
            for body in unreadable:
                for message in (aio_pika.Message(body), sealed(spec.name, body)):
                    await channel.default_exchange.publish(message, spec.name)
                    incident.injected += 1
        await channel.default_exchange.publish(sealed(REPORT_QUEUE.name, unrecordable), REPORT_QUEUE.name)
        incident.injected += 1
        await until_dispatching(drill, incident, time.time())
        kept = 2 * len(unreadable) + 1
        async with asyncio.timeout(10):
            while (found := await _dead_letters(channel) - before) < kept:
                await asyncio.sleep(0.1)
        incident.expect(found == kept, f"{found} dead letters are kept of {kept}: the rest has no seal")
        shown = await drill.load.ask("GET", "/api/system/dead-letters")
        total = shown.json()["data"]["total"] if shown is not None else 0
        incident.expect(total >= found, f"the API shows {total} dead letters of {found}")
        incident.notes = f"{found} of results and logs are kept as dead letters, and the API shows them"


async def disk_alarm(drill: Drill) -> None:
    """Make the broker block its publishers by a disk alarm."""
    seconds = 30 if drill.is_long else 6
    async with drill.row("RabbitMQ's disk alarm") as incident:
        began = time.time()
        await asyncio.to_thread(drill.servers.rabbitmqctl, "set_disk_free_limit", "900000GB")
        incident.injected += 1
        await asyncio.sleep(seconds)
        await asyncio.to_thread(drill.servers.rabbitmqctl, "set_disk_free_limit", "50MB")
        await until_dispatching(drill, incident, time.time())
        await expect_no_worker_lost(drill, incident, began)


class Channel:
    """A channel that bypasses the proxies."""

    def __init__(self, drill: Drill) -> None:
        self._url = drill.servers.rabbit.url

    async def __aenter__(self) -> AbstractChannel:
        self._connection = await aio_pika.connect(self._url)
        return await self._connection.channel()

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()


async def _dead_letters(channel: AbstractChannel) -> int:
    queue = await channel.declare_queue(DEAD_LETTERS, passive=True)
    return queue.declaration_result.message_count or 0
