"""A queue of a worker that somebody else declared beforehand, and dead letters that name a foreign queue."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aio_pika
import pytest

from backend.broker.protocol import MessageQueue, QueueTakenError
from backend.broker.queues import DEAD_LETTERS, worker_queue
from backend.broker.rabbitmq import RabbitBroker
from backend.worker.executors.load_plug_ins import load_executors
from backend.worker.settings import WorkerSettings
from backend.worker.worker import Worker
from shared.errors import StartupError


@pytest.fixture
async def broker(rabbit_url: str) -> AsyncIterator[RabbitBroker]:
    opened = RabbitBroker(rabbit_url)
    await opened.start(timeout=timedelta(seconds=20))
    yield opened
    await opened.close()


@pytest.mark.parametrize("durable", [False, True])
async def test_a_queue_that_others_can_read_is_not_consumed(
    rabbit_url: str, broker: RabbitBroker, tmp_path: Path, durable: bool
) -> None:
    stranger = await aio_pika.connect(rabbit_url)
    async with stranger:
        channel = await stranger.channel()
        queue = await channel.declare_queue("worker.taken", durable=durable, auto_delete=not durable)
        with pytest.raises(QueueTakenError, match="it is not exclusive, and has 0 consumers"):
            async with broker.subscribe(worker_queue("taken"), prefetch=1):
                pass
        settings = WorkerSettings(
            worker_id="taken",
            slots=1,
            task_types=("*",),
            spool_dir=tmp_path,
            heartbeat_interval=timedelta(seconds=1),
            reported_attempt=timedelta(minutes=5),
            drain_timeout=timedelta(seconds=1),
            kill_grace=timedelta(seconds=1),
            key=None,
        )
        with pytest.RaisesGroup(
            pytest.RaisesExc(StartupError, match=r"The queue worker\.taken"), flatten_subgroups=True
        ):
            await Worker(settings, broker, load_executors()).run()
        await queue.delete(if_unused=False, if_empty=False)


async def test_a_dead_letter_goes_back_to_no_queue_but_those_of_workers(rabbit_url: str, broker: RabbitBroker) -> None:
    await broker.settle_dead_letters(None, requeue=False)
    stranger = await aio_pika.connect(rabbit_url)
    async with stranger, broker.subscribe(worker_queue("victim"), prefetch=10) as victim:
        channel = await stranger.channel()
        forged = aio_pika.Message(b"an order", headers={"x-first-death-queue": "worker.victim"})
        await channel.default_exchange.publish(forged, routing_key=DEAD_LETTERS)
        await _refuses(broker, "worker.victim")
        await broker.send("worker.victim", b"arrives")
        [delivery] = await victim.take(10)
        assert delivery.body == b"arrives"
        await delivery.ack()
    await broker.settle_dead_letters(None, requeue=False)


async def _refuses(broker: MessageQueue, queue: str) -> None:
    [letter] = await broker.dead_letters(limit=10)
    assert letter.queue == queue
    assert await broker.settle_dead_letters(None, requeue=True) == 0
    assert await broker.dead_letters(limit=10) == [letter]
