"""The promises of `MessageQueue`, which RabbitMQ and the in-process broker make alike."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from backend.broker.in_process import InProcessBroker
from backend.broker.protocol import MessageQueue, NotRoutedError, QueueInUseError
from backend.broker.queues import REPORT_QUEUE, TELEMETRY_QUEUE, worker_queue
from backend.broker.rabbitmq import RabbitBroker
from backend.broker.signing import SEAL_HEADER
from shared.errors import BrokerUnavailableError


@pytest.fixture(params=["in-process", "rabbitmq"])
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[MessageQueue]:
    opened: MessageQueue = (
        InProcessBroker() if request.param == "in-process" else RabbitBroker(request.getfixturevalue("rabbit_url"))
    )
    await opened.start(timeout=timedelta(seconds=20))
    yield opened
    await opened.close()


async def test_messages_arrive_in_the_order_of_sending(broker: MessageQueue) -> None:
    async with broker.subscribe(worker_queue("order"), prefetch=10) as subscription:
        for number in range(5):
            await broker.send("worker.order", b"%d" % number, must_route=True, headers={"x-name": "value"})
        found: list[bytes] = []
        while len(found) < 5:
            for delivery in await subscription.take(10):
                assert (delivery.headers["x-name"], delivery.redelivered) == ("value", False)
                found.append(delivery.body)
                await delivery.ack()
    assert found == [b"0", b"1", b"2", b"3", b"4"]


async def test_no_more_than_prefetch_are_unsettled(broker: MessageQueue) -> None:
    async with broker.subscribe(worker_queue("prefetch"), prefetch=2) as subscription:
        for number in range(3):
            await broker.send("worker.prefetch", b"%d" % number)
        held = list(await subscription.take(10))
        while len(held) < 2:
            held += await subscription.take(10)
        third = asyncio.create_task(subscription.take(10))
        await broker.ping()
        assert not third.done()
        await held[0].ack()
        [delivery] = await third
        assert delivery.body == b"2"


async def test_a_requeued_message_is_delivered_again_in_its_place(broker: MessageQueue) -> None:
    async with broker.subscribe(worker_queue("again"), prefetch=1) as subscription:
        await broker.send("worker.again", b"first")
        await broker.send("worker.again", b"second")
        [delivery] = await subscription.take(1)
        await delivery.requeue()
        [again] = await subscription.take(1)
        assert (again.body, again.redelivered) == (b"first", True)


async def test_an_exclusive_queue_has_one_consumer_and_goes_with_it(broker: MessageQueue) -> None:
    async with broker.subscribe(worker_queue("one"), prefetch=1):
        with pytest.raises(QueueInUseError):
            async with broker.subscribe(worker_queue("one"), prefetch=1):
                pass
        await broker.send("worker.one", b"arrives", must_route=True)
    with pytest.raises(NotRoutedError):
        await broker.send("worker.one", b"has no queue", must_route=True)
    await broker.send("worker.one", b"is dropped")


async def test_an_expired_message_is_not_delivered(broker: MessageQueue) -> None:
    async with broker.subscribe(worker_queue("late"), prefetch=1) as subscription:
        await broker.send("worker.late", b"held")
        [held] = await subscription.take(1)
        await broker.send("worker.late", b"expires", expires=timedelta(milliseconds=1))
        await broker.send("worker.late", b"remains")
        is_expired = asyncio.Event()
        asyncio.get_running_loop().call_later(0.05, is_expired.set)
        await is_expired.wait()
        await held.ack()
        [delivery] = await subscription.take(1)
        assert delivery.body == b"remains"


async def test_a_rejected_message_is_a_dead_letter_until_it_is_requeued(broker: MessageQueue) -> None:
    await broker.settle_dead_letters(None, requeue=False)
    await broker.send(REPORT_QUEUE.name, b"bad", durable=True, headers={SEAL_HEADER: "a seal"})
    async with broker.subscribe(REPORT_QUEUE, prefetch=1) as subscription:
        [delivery] = await subscription.take(1)
        await delivery.reject()
    [letter] = await broker.dead_letters(limit=10)
    assert (letter.queue, letter.body) == (REPORT_QUEUE.name, b"bad")
    assert await broker.settle_dead_letters(["unknown"], requeue=True) == 0
    assert await broker.settle_dead_letters([letter.id], requeue=True) == 1
    assert await broker.dead_letters(limit=10) == []
    async with broker.subscribe(REPORT_QUEUE, prefetch=1) as subscription:
        [delivery] = await subscription.take(1)
        assert (delivery.body, delivery.headers[SEAL_HEADER]) == (b"bad", "a seal")
        await delivery.ack()


async def test_events_reach_the_subscribers_of_their_pattern(broker: MessageQueue) -> None:
    async with broker.subscribe_events("run.*") as runs, broker.subscribe_events("#") as all_events:
        await broker.publish("task.updated", b"task")
        await broker.publish("run.finished", b"run")
        [found] = await runs.take(10)
        assert (found.routing_key, found.body) == ("run.finished", b"run")
        both = [*await all_events.take(1), *await all_events.take(1)]
        assert [event.body for event in both] == [b"task", b"run"]


async def test_a_closed_broker_raises_an_error(broker: MessageQueue) -> None:
    async with broker.subscribe(TELEMETRY_QUEUE, prefetch=1) as subscription:
        taking = asyncio.create_task(subscription.take(1))
        await broker.ping()
        await broker.close()
        with pytest.raises(BrokerUnavailableError):
            await taking
    with pytest.raises(BrokerUnavailableError):
        await broker.send(REPORT_QUEUE.name, b"")
