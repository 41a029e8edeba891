"""`MessageQueue` on RabbitMQ."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

from aio_pika import DeliveryMode, Message
from yarl import URL

from backend.broker.dead_letters import DeadLetter
from backend.broker.protocol import NotRoutedError, QueueInUseError, Subscription
from backend.broker.queues import EVENTS_EXCHANGE, FROM_WORKERS, SHARED_QUEUES, QueueSpec
from backend.broker.rabbitmq.dead_letters import RabbitDeadLetters
from backend.broker.rabbitmq.faults import LinkLostError, link_faults
from backend.broker.rabbitmq.link import CONNECT_TIMEOUT, BrokerLink
from backend.broker.rabbitmq.publisher import Publisher
from backend.broker.rabbitmq.sources import EventSource, QueueSource
from backend.broker.rabbitmq.subscription import RabbitSubscription, Source
from backend.broker.rabbitmq.topology import declare_shared
from backend.seconds_histogram import SecondsHistogram

T = TypeVar("T")

_DEAD_LETTERS_SECONDS = 10.0
"""Timeout of all that is done with dead letters in one request."""
_SHARED_NAMES = frozenset(spec.name for spec in SHARED_QUEUES)


class RabbitBroker:
    """Implements `MessageQueue` on RabbitMQ.

    It sends and receives over two connections. While memory or disk is short, RabbitMQ stops reading from connections
    that publish; acknowledgements, which free memory, must not wait behind a message.
    """

    def __init__(self, url: str, *, declares: bool = True) -> None:
        """`url` is `amqp://` or, for TLS, `amqps://`.

        `declares`: whether this process declares the shared queues; a worker with a user of its own may not.
        """
        parsed = URL(url)
        self._sending = BrokerLink(
            parsed, purpose="sending", on_change=self._on_link_change, prepare=declare_shared if declares else None
        )
        self._receiving = BrokerLink(parsed, purpose="receiving", on_change=self._on_link_change)
        self._declares = declares
        self._publisher = Publisher(self._sending, declares=declares)
        self._dead_letters = RabbitDeadLetters(self._receiving)
        self._subscriptions: set[RabbitSubscription] = set()
        self._exclusive: set[str] = set()
        self._callbacks: list[Callable[[bool], None]] = []
        self._was_connected = False
        self._is_closed = False

    @property
    def address(self) -> str:
        """Where the broker is, without user and password."""
        return self._sending.address

    @property
    def is_connected(self) -> bool:
        """Whether both connections are up."""
        return self._sending.is_up and self._receiving.is_up

    @property
    def publish_times(self) -> SecondsHistogram:
        """How long messages took until RabbitMQ had confirmed them."""
        return self._publisher.times

    def on_connection_change(self, callback: Callable[[bool], None]) -> None:
        """Call `callback` with True when both connections are up, with False when one is lost."""
        self._callbacks.append(callback)

    async def start(self, *, timeout: timedelta) -> None:
        """Connect and declare the shared queues; raises `BrokerUnavailableError`."""
        try:
            # One after the other: a wrong password is reported once.
            await self._sending.open(timeout=timeout)
            await self._receiving.open(timeout=timeout)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close every subscription and both connections; may be called twice."""
        self._is_closed = True
        for subscription in list(self._subscriptions):
            await subscription.close()
            subscription.fail(self._receiving.unavailable("it was closed"))
        await self._sending.close()
        await self._receiving.close()

    async def ping(self) -> timedelta:
        """Return how long the broker takes to open a channel."""
        self._require_open()
        clock = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT.total_seconds()):
                connection = await self._sending.connection()
                before = clock()
                with link_faults("ping"):
                    channel = await connection.channel(publisher_confirms=False)
                    taken = clock() - before
                    await channel.close()
        except (LinkLostError, TimeoutError) as error:
            raise self._sending.unavailable(str(error) or None) from None
        return timedelta(seconds=taken)

    async def send(
        self,
        queue: str,
        body: bytes,
        *,
        durable: bool = False,
        must_route: bool = False,
        expires: timedelta | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send one message and return when the broker has confirmed it."""
        self._require_open()
        message = Message(
            body,
            headers=dict(headers) if headers else None,
            delivery_mode=DeliveryMode.PERSISTENT if durable else DeliveryMode.NOT_PERSISTENT,
            expiration=expires,
        )
        is_shared = queue in _SHARED_NAMES
        try:
            await self._publisher.publish(
                message,
                exchange=FROM_WORKERS if is_shared else "",
                routing_key=queue,
                mandatory=must_route or is_shared,
            )
        except NotRoutedError:
            if not is_shared:
                raise
            # An operator deleted a shared queue. A message to it must not be lost.
            if not self._declares:
                raise self._sending.unavailable(f"no backend has declared the queue {queue} yet") from None
            await self._publisher.declare_again()
            await self._publisher.publish(message, exchange=FROM_WORKERS, routing_key=queue, mandatory=must_route)

    async def publish(self, routing_key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> None:
        """Publish an event and return when the broker has confirmed it."""
        self._require_open()
        message = Message(body, headers=dict(headers) if headers else None)
        await self._publisher.publish(message, exchange=EVENTS_EXCHANGE, routing_key=routing_key, mandatory=False)

    async def dead_letter_count(self) -> int:
        """Return the number of dead letters."""
        return await self._with_dead_letters(self._dead_letters.count())

    async def dead_letters(self, *, limit: int) -> list[DeadLetter]:
        """Return the oldest dead letters."""
        return await self._with_dead_letters(self._dead_letters.read(limit=limit))

    async def settle_dead_letters(self, ids: Collection[str] | None, *, requeue: bool) -> int:
        """Requeue or discard dead letters; return how many."""

        async def send_back(letter: DeadLetter) -> None:
            await self.send(letter.queue, letter.body, durable=True, headers=letter.headers)

        return await self._with_dead_letters(self._dead_letters.settle(ids, send_back=send_back if requeue else None))

    async def _with_dead_letters(self, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(_DEAD_LETTERS_SECONDS):
                return await work
        except (LinkLostError, TimeoutError) as error:
            raise self._receiving.unavailable(str(error) or None) from None

    @asynccontextmanager
    async def subscribe(self, queue: QueueSpec, *, prefetch: int) -> AsyncIterator[Subscription]:
        """Consume a queue, declared on demand; an exclusive one is deleted with its consumer."""
        if queue.exclusive:
            # RabbitMQ would accept a second consumer on the same connection: to it, both are one client.
            if queue.name in self._exclusive:
                raise QueueInUseError(queue.name)
            self._exclusive.add(queue.name)
        try:
            async with self._subscribed(QueueSource(queue, prefetch=prefetch)) as subscription:
                yield subscription
        finally:
            self._exclusive.discard(queue.name)

    @asynccontextmanager
    async def subscribe_events(self, *patterns: str, limit: int = 10_000) -> AsyncIterator[Subscription]:
        """Receive events, which need not be settled. Those of an interruption are lost."""
        async with self._subscribed(EventSource(patterns, limit=limit)) as subscription:
            yield subscription

    @asynccontextmanager
    async def _subscribed(self, source: Source) -> AsyncIterator[Subscription]:
        self._require_open()
        subscription = RabbitSubscription(self._receiving, source)
        await subscription.open()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
            await subscription.close()

    def _on_link_change(self) -> None:
        if self.is_connected == self._was_connected:
            return
        self._was_connected = self.is_connected
        for callback in self._callbacks:
            callback(self._was_connected)

    def _require_open(self) -> None:
        if self._is_closed:
            raise self._sending.unavailable("it was closed")
