"""A consumer that is set up again when its connection, channel or queue is lost."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

import structlog
from aiormq.abc import AbstractChannel, DeliveredMessage

from backend.broker.protocol import Delivery, QueueInUseError, QueueTakenError
from backend.broker.rabbitmq.faults import LinkLostError, link_faults
from backend.broker.rabbitmq.link import CLOSE_TIMEOUT, BrokerLink
from backend.broker.rabbitmq.settlements import Settlements
from shared.errors import BrokerUnavailableError

ATTACH_TIMEOUT = timedelta(seconds=10)
"""To declare a queue and consume it."""

OWN_CONNECTION_GONE = timedelta(seconds=60)
"""How long "in use" may mean a dead connection of this process: RabbitMQ reserves its exclusive queue until heartbeats
were missed."""

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0

log = structlog.get_logger()


class Source(Protocol):
    """What is consumed: a queue, or events."""

    name: str
    prefetch: int | None
    """Maximum number of unsettled messages; None where none is settled."""
    capacity: int | None
    """Maximum number that waits in this process; None where `prefetch` bounds it."""

    async def declare(self, link: BrokerLink) -> tuple[AbstractChannel, str]:
        """Return an open channel and the name of the queue to consume."""

    async def leave(self, channel: AbstractChannel) -> None:
        """Delete what exists only for this consumer."""


class RabbitDelivery:
    """One message of RabbitMQ."""

    __slots__ = ("_message", "_settlements", "_tag")

    def __init__(self, message: DeliveredMessage, settlements: Settlements | None) -> None:
        self._message = message
        self._tag = message.delivery_tag or 0
        self._settlements = settlements

    @property
    def body(self) -> bytes:
        """The message."""
        return self._message.body

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers, with those that RabbitMQ adds."""
        found = self._message.header.properties.headers or {}
        return {str(name): value if isinstance(value, str) else repr(value) for name, value in found.items()}

    @property
    def routing_key(self) -> str:
        """The queue's name, or an event's type."""
        return self._message.routing_key or ""

    @property
    def redelivered(self) -> bool:
        """Whether it may have been delivered before."""
        return bool(self._message.redelivered)

    async def ack(self) -> None:
        """Acknowledge it."""
        if self._settlements is not None:
            self._settlements.ack(self._tag)

    async def reject(self) -> None:
        """Move it to the dead letters."""
        if self._settlements is not None:
            self._settlements.refuse(self._tag, requeue=False)

    async def requeue(self) -> None:
        """Return it to its queue."""
        if self._settlements is not None:
            self._settlements.refuse(self._tag, requeue=True)


class RabbitSubscription:
    """Messages of one source, across reconnections."""

    def __init__(self, link: BrokerLink, source: Source) -> None:
        self._link = link
        self._source = source
        self._waiting: deque[RabbitDelivery] = deque(maxlen=source.capacity)
        self._woken = asyncio.Event()
        self._ended = asyncio.Event()
        self._channel: AbstractChannel | None = None
        self._consumer_tag = ""
        self._settlements: Settlements | None = None
        self._failure: Exception | None = None
        self._restoring: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Start to consume; raises `QueueInUseError`, `QueueTakenError`, `BrokerUnavailableError`."""
        try:
            await self._attach()
        except LinkLostError as error:
            raise self._link.unavailable(str(error)) from None
        self._restoring = asyncio.create_task(self._restore(), name=f"consume {self._source.name}")

    async def take(self, limit: int) -> Sequence[Delivery]:
        """Return one to `limit` messages; waits for the first one only."""
        while not self._waiting:
            if self._failure is not None:
                raise self._failure
            self._woken.clear()
            await self._woken.wait()
        return [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]

    def fail(self, failure: Exception) -> None:
        """End `take` with an error."""
        self._failure = failure
        self._woken.set()

    async def close(self) -> None:
        """Stop consuming; unsettled messages go back to their queue."""
        if self._restoring is not None:
            self._restoring.cancel()
            with suppress(asyncio.CancelledError):
                await self._restoring
            self._restoring = None
        with suppress(LinkLostError, TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT.total_seconds()):
                await self._leave()
        self._detach()

    async def _restore(self) -> None:
        """Attach again each time the consumer ends."""
        loop = asyncio.get_running_loop()
        while True:
            await self._ended.wait()
            lost_at = loop.time()
            pause = _FIRST_PAUSE_SECONDS
            await self._close_channel()
            self._detach()
            while True:
                try:
                    await self._link.connection()
                    await self._attach()
                except QueueInUseError as error:
                    if loop.time() - lost_at > OWN_CONNECTION_GONE.total_seconds():
                        self.fail(error)
                        return
                except QueueTakenError as error:
                    self.fail(error)
                    return
                except (LinkLostError, BrokerUnavailableError) as error:
                    log.warning("consuming was interrupted", queue=self._source.name, cause=str(error))
                else:
                    break
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _attach(self) -> None:
        try:
            async with asyncio.timeout(ATTACH_TIMEOUT.total_seconds()):
                channel, queue = await self._source.declare(self._link)
                self._channel = channel
                self._ended.clear()
                channel.closing.add_done_callback(lambda _: self._end(channel))
                channel.on_consumer_cancel_callbacks.add(lambda _: self._end(channel))
                prefetch = self._source.prefetch
                with link_faults(self._source.name):
                    if prefetch is not None:
                        self._settlements = Settlements(channel)
                        await channel.basic_qos(prefetch_count=prefetch)
                    consuming = await channel.basic_consume(queue, self._on_message, no_ack=prefetch is None)
                self._consumer_tag = str(consuming.consumer_tag)
        except BaseException as error:
            await self._close_channel()
            self._detach()
            if isinstance(error, TimeoutError):
                raise self._link.unavailable() from None
            raise

    async def _on_message(self, message: DeliveredMessage) -> None:
        if message.channel is not self._channel:
            return
        if self._settlements is not None:
            self._settlements.add(message.delivery_tag or 0)
        self._waiting.append(RabbitDelivery(message, self._settlements))
        self._woken.set()

    def _end(self, channel: AbstractChannel) -> None:
        if channel is self._channel:
            self._ended.set()

    async def _leave(self) -> None:
        channel = self._channel
        if channel is None or channel.is_closed:
            return
        if self._settlements is not None:
            await self._settlements.flush()
        with link_faults(self._source.name):
            await channel.basic_cancel(self._consumer_tag)
            await self._source.leave(channel)
            await channel.close()

    async def _close_channel(self) -> None:
        channel = self._channel
        if channel is None or channel.is_closed:
            return
        with suppress(LinkLostError, TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT.total_seconds()):
                with link_faults(self._source.name):
                    await channel.close()

    def _detach(self) -> None:
        self._channel = None
        if self._settlements is not None:
            # The broker delivers them again.
            self._settlements = None
            self._waiting.clear()
