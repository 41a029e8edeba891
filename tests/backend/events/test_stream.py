"""The live stream in memory: a listener that does not follow gets a gap, and costs the others nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from backend.broker.in_process import InProcessBroker
from backend.broker.protocol import Subscription
from backend.events.publisher import MARK_HEADER, Event, EventPublisher, encode_events
from backend.events.stream import KEPT_EVENTS, LiveStream, StreamItem
from shared.enums import EventType, StreamTopic
from shared.errors import BrokerUnavailableError

TOPICS = frozenset({StreamTopic.RUNS})


def event(number: int) -> Event:
    return Event(EventType.RUN_FINISHED, b'{"type":"run.finished","data":', b'{"id":%d}' % number)


class Broker(InProcessBroker):
    """A broker; `subscribed` is set once somebody receives events."""

    def __init__(self) -> None:
        super().__init__()
        self.subscribed = asyncio.Event()

    @asynccontextmanager
    async def subscribe_events(self, *patterns: str, limit: int = 10_000) -> AsyncIterator[Subscription]:
        """Override InProcessBroker.subscribe_events."""
        async with super().subscribe_events(*patterns, limit=limit) as subscription:
            self.subscribed.set()
            yield subscription


class Streamed:
    """A stream, and a broker to publish on; events are numbered from 1 on."""

    def __init__(self, broker: Broker) -> None:
        self.live = LiveStream(broker)
        self.published = 0
        self.broker = broker

    def listen(self, last_event_id: str | None = None) -> AsyncIterator[StreamItem]:
        return self.live.listen(TOPICS, last_event_id=last_event_id, ended=asyncio.Event())

    async def publish(self, count: int) -> None:
        """Publish events, and return when the stream has them."""
        kind = EventType.RUN_FINISHED
        follower = self.listen()
        await anext(follower)
        for first in range(self.published + 1, self.published + count + 1, 1000):
            numbers = range(first, min(first + 1000, self.published + count + 1))
            await self.broker.publish(kind, encode_events([event(number) for number in numbers]))
            await followed(follower, until=numbers[-1])
        self.published += count


@pytest.fixture
async def streamed() -> AsyncIterator[Streamed]:
    broker = Broker()
    await broker.start(timeout=timedelta(seconds=1))
    made = Streamed(broker)
    running = asyncio.create_task(made.live.run())
    try:
        async with asyncio.timeout(60):
            await broker.subscribed.wait()
            yield made
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def followed(listener: AsyncIterator[StreamItem], *, until: int) -> list[str]:
    """Return what a listener receives, up to the event with a number: the numbers of events, other items by type."""
    found = []
    async for item in listener:
        is_event = item.type == EventType.RUN_FINISHED
        found.append(str(json.loads(item.data)["id"]) if is_event else item.type)
        if found[-1] == str(until):
            return found
    raise AssertionError("the stream ended")


def numbers(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last + 1)]


async def test_a_listener_that_is_too_slow_gets_a_gap_and_goes_on_with_what_is_kept(streamed: Streamed) -> None:
    slow, steady = streamed.listen(), streamed.listen()
    for listener in (slow, steady):
        assert (await anext(listener)).type == "hello"
    await streamed.publish(1)
    assert await followed(slow, until=1) == ["1"]
    received = await followed(steady, until=1)
    for _ in range(3):
        await streamed.publish(KEPT_EVENTS // 2)
        received += await followed(steady, until=streamed.published)
    assert received == numbers(1, streamed.published), "the other listener has each event once, and no gap"
    oldest = streamed.published - KEPT_EVENTS + 1
    assert await followed(slow, until=streamed.published) == ["gap", *numbers(oldest, streamed.published)]


async def test_a_listener_that_stops_reading_in_the_middle_holds_few_events(streamed: Streamed) -> None:
    slow = streamed.listen()
    await anext(slow)
    await streamed.publish(KEPT_EVENTS)
    assert (await anext(slow)).data == '{"id":1}'
    await streamed.publish(KEPT_EVENTS)
    received = await followed(slow, until=streamed.published)
    assert received.count("gap") == 1
    assert received.index("gap") < 1_000, "what was replaced is not sent any more"
    oldest = streamed.published - KEPT_EVENTS + 1
    assert received[received.index("gap") + 1 :] == numbers(oldest, streamed.published)


async def test_a_stream_resumes_in_what_is_kept_and_nowhere_else(streamed: Streamed) -> None:
    listener = streamed.listen()
    epoch = (await anext(listener)).id.partition("-")[0]
    await streamed.publish(KEPT_EVENTS + 10)
    for last, begins in (
        (f"{epoch}-{KEPT_EVENTS}", ["hello", *numbers(KEPT_EVENTS + 1, KEPT_EVENTS + 10)]),
        (f"{epoch}-10", ["hello", *numbers(11, KEPT_EVENTS + 10)]),
    ):
        assert await followed(streamed.listen(last), until=streamed.published) == begins
    for forged in (f"{epoch}-9", f"{epoch}-{KEPT_EVENTS + 11}", f"other-{KEPT_EVENTS}", f"{epoch}-", f"{epoch}--5", ""):
        resumed = streamed.listen(forged)
        assert [(await anext(resumed)).type, (await anext(resumed)).type] == ["hello", "gap"], forged


async def test_own_events_are_streamed_once_and_before_the_broker_has_them(streamed: Streamed) -> None:
    listener = streamed.listen()
    await anext(listener)
    mark = await streamed.live.receive_own([event(1), event(2)])
    assert await followed(listener, until=2) == ["1", "2"]
    headers = {MARK_HEADER: mark}
    await streamed.broker.publish(EventType.RUN_FINISHED, encode_events([event(1), event(2)]), headers=headers)
    # Each mark is good for one message: who sends another with it is a stranger, whose message is examined.
    await streamed.broker.publish(EventType.RUN_FINISHED, encode_events([event(3)]), headers=headers)
    assert await followed(listener, until=3) == ["3"]


async def test_own_events_are_streamed_while_the_broker_is_away(streamed: Streamed) -> None:
    class AwayBroker(InProcessBroker):
        async def publish(self, routing_key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> None:
            raise BrokerUnavailableError("away")

    publisher = EventPublisher(AwayBroker())
    publisher.pass_to(streamed.live)
    listener = streamed.listen()
    await anext(listener)
    publisher.publish(EventType.RUN_FINISHED, [{"id": 7}])
    publishing = asyncio.create_task(publisher.run())
    try:
        assert await followed(listener, until=7) == ["7"]
    finally:
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)
