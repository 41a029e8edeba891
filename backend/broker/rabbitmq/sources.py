"""What can be consumed: a queue by its specification, or events by their types."""

from aiormq.abc import AbstractChannel

from backend.broker.queues import EVENTS_EXCHANGE, QueueSpec
from backend.broker.rabbitmq.link import BrokerLink
from backend.broker.rabbitmq.topology import bind_shared, declare_event_queue, declare_queue


class QueueSource:
    """A queue; an exclusive one belongs to the connection."""

    capacity: int | None = None

    def __init__(self, spec: QueueSpec, *, prefetch: int) -> None:
        self.name = spec.name
        self.prefetch: int | None = prefetch
        self._spec = spec

    async def declare(self, link: BrokerLink) -> tuple[AbstractChannel, str]:
        """Declare the queue as it is specified, with its bindings: an operator may have deleted it with them."""
        connection = await link.connection()
        channel = await declare_queue(connection, await link.channel(publisher_confirms=False), self._spec)
        await bind_shared(channel, self._spec)
        return channel, self._spec.name

    async def leave(self, channel: AbstractChannel) -> None:
        """Delete the queue if it is exclusive."""
        if self._spec.exclusive:
            await channel.queue_delete(self._spec.name)


class EventSource:
    """Events; the newest `limit` wait in this process, and none is settled."""

    name = EVENTS_EXCHANGE
    prefetch: int | None = None

    def __init__(self, patterns: tuple[str, ...], *, limit: int) -> None:
        self.capacity: int | None = limit
        self._patterns = patterns
        self._limit = limit
        self._queue = ""

    async def declare(self, link: BrokerLink) -> tuple[AbstractChannel, str]:
        """Declare a queue for this consumer."""
        channel = await link.channel(publisher_confirms=False)
        self._queue = await declare_event_queue(channel, patterns=self._patterns, limit=self._limit)
        return channel, self._queue

    async def leave(self, channel: AbstractChannel) -> None:
        """Delete the queue."""
        await channel.queue_delete(self._queue)
