"""Publishing with confirms: many messages at a time on one channel."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from time import perf_counter

from aio_pika import Message
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from aiormq.channel import Channel

from backend.broker.protocol import PUBLISH_BUCKETS
from backend.broker.rabbitmq.faults import LinkLostError, MessageRefusedError, link_faults
from backend.broker.rabbitmq.link import CLOSE_TIMEOUT, BrokerLink
from backend.broker.rabbitmq.topology import declare_shared
from backend.seconds_histogram import SecondsHistogram

SEND_TIMEOUT = timedelta(seconds=10)
"""For one message, over as many connections as it takes."""

_PAUSE_SECONDS = 0.1
"""Before a retry on a connection that is up: an error closed only the channel."""


class Publisher:
    """Publishes over one link, and again over its next connection, until the broker has confirmed."""

    def __init__(self, link: BrokerLink, *, declares: bool = True) -> None:
        """`declares`: whether this process may declare the shared queues and exchanges."""
        self._link = link
        self._declares = declares
        self._channel: Channel | None = None
        self._opening = asyncio.Lock()
        self.times = SecondsHistogram(PUBLISH_BUCKETS)

    async def publish(self, message: Message, *, exchange: str, routing_key: str, mandatory: bool) -> None:
        """Return when the broker has confirmed the message; it may then be there twice.

        Raises `NotRoutedError` where `mandatory` and no queue takes it, `BrokerUnavailableError`
        after ten seconds without a confirmation.
        """
        cause = None
        try:
            async with asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                began = perf_counter()
                while True:
                    try:
                        await self._publish_once(
                            message, exchange=exchange, routing_key=routing_key, mandatory=mandatory
                        )
                    except LinkLostError as error:
                        cause = str(error)
                        await asyncio.sleep(_PAUSE_SECONDS)
                    else:
                        self.times.observe(perf_counter() - began)
                        return
        except TimeoutError:
            if await self._link.is_blocked():
                cause = "it blocks publishers, because its memory or disk is short"
            elif self._link.is_up and cause is None:
                cause = f"it confirmed nothing for {SEND_TIMEOUT.total_seconds():g} s"
            raise self._link.unavailable(cause) from None

    async def declare_again(self) -> None:
        """Declare the shared queues; raises `BrokerUnavailableError`."""
        try:
            async with asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                await declare_shared(await self._link.connection())
        except (LinkLostError, TimeoutError) as error:
            raise self._link.unavailable(str(error) or None) from None

    async def _publish_once(self, message: Message, *, exchange: str, routing_key: str, mandatory: bool) -> None:
        channel = self._channel
        if channel is None or channel.is_closed:
            channel = await self._open()
        await self._link.unblocked()
        try:
            with link_faults(routing_key):
                await channel.basic_publish(
                    message.body,
                    exchange=exchange,
                    routing_key=routing_key,
                    properties=message.properties,
                    mandatory=mandatory,
                    # The confirmation is awaited. Waiting for the socket too would send one message at a time.
                    wait=False,
                )
        except MessageRefusedError:
            await self._leave(channel)
            raise

    async def _leave(self, channel: Channel) -> None:
        """Close a channel on which a message was refused.

        A channel of RabbitMQ 3.10 that sent to a quorum queue while it had no leader refuses all that follows, although
        the queue has one again.
        """
        if self._channel is channel:
            self._channel = None
            with suppress(*CONNECTION_EXCEPTIONS):
                async with asyncio.timeout(CLOSE_TIMEOUT.total_seconds()):
                    await channel.close()

    async def _open(self) -> Channel:
        async with self._opening:
            if self._channel is not None and not self._channel.is_closed:
                return self._channel
            connection = await self._link.connection()
            if self._declares and self._channel is not None and self._channel.connection is connection:
                # Only the channel was closed: an operator deleted the exchange.
                await declare_shared(connection)
            self._channel = await self._link.channel(publisher_confirms=True)
            return self._channel
