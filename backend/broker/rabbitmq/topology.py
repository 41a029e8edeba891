"""Declare exchanges and queues."""

from contextlib import suppress

import structlog
from aio_pika.exceptions import ChannelPreconditionFailed
from aiormq.abc import AbstractChannel, AbstractConnection, ArgumentsType
from aiormq.exceptions import ChannelLockedResource

from backend.broker.protocol import QueueTakenError
from backend.broker.queues import DEAD_LETTERS, EVENTS_EXCHANGE, FROM_WORKERS, SHARED_QUEUES, QueueSpec
from backend.broker.rabbitmq.faults import link_faults
from backend.broker.rabbitmq.link import open_channel

log = structlog.get_logger()


async def declare_shared(connection: AbstractConnection) -> None:
    """Declare the shared exchanges and queues; raises `LinkLostError`."""
    channel: AbstractChannel = await open_channel(connection, publisher_confirms=False)
    with link_faults("exchanges"):
        await channel.exchange_declare(EVENTS_EXCHANGE, exchange_type="topic", durable=True)
        await channel.exchange_declare(FROM_WORKERS, exchange_type="direct", durable=True)
        await channel.exchange_declare(DEAD_LETTERS, exchange_type="fanout", durable=True)
    for spec in SHARED_QUEUES:
        channel = await declare_queue(connection, channel, spec)
        await bind_shared(channel, spec)
    with link_faults(DEAD_LETTERS):
        await channel.close()


async def bind_shared(channel: AbstractChannel, spec: QueueSpec) -> None:
    """Bind a shared queue to the exchanges that fill it; nothing is done for another queue. Raises `LinkLostError`."""
    if spec not in SHARED_QUEUES:
        return
    with link_faults(spec.name):
        await channel.queue_bind(spec.name, FROM_WORKERS, routing_key=spec.name)
        if spec.name == DEAD_LETTERS:
            await channel.queue_bind(DEAD_LETTERS, DEAD_LETTERS)


async def declare_queue(connection: AbstractConnection, channel: AbstractChannel, spec: QueueSpec) -> AbstractChannel:
    """Declare a queue and return a channel that is open.

    A shared queue that exists with other arguments, of an operator or an older version, is used as it is: RabbitMQ
    closes the channel on such a declaration. An exclusive one that exists in another form belongs to somebody else, who
    would read what it gets. Raises `QueueInUseError`, `QueueTakenError`, `LinkLostError`.
    """
    with link_faults(spec.name):
        try:
            await channel.queue_declare(
                spec.name,
                # A shared queue is always durable, its messages need not be: newer versions of RabbitMQ refuse
                # transient queues that are not exclusive.
                durable=not spec.exclusive,
                exclusive=spec.exclusive,
                arguments=_arguments(spec),
            )
        except ChannelLockedResource:
            await _require_exclusive(await open_channel(connection, publisher_confirms=False), spec.name)
            raise
        except ChannelPreconditionFailed as error:
            log.warning("a queue exists with other arguments and is used as it is", cause=str(error))
            return await open_channel(connection, publisher_confirms=False)
    return channel


async def _require_exclusive(channel: AbstractChannel, name: str) -> None:
    """Raise `QueueTakenError` if a queue that is locked for this process is open to others."""
    with suppress(ChannelLockedResource):
        found = await channel.queue_declare(name, passive=True)
        raise QueueTakenError(f"it is not exclusive, and has {found.consumer_count} consumers")


async def declare_event_queue(channel: AbstractChannel, *, patterns: tuple[str, ...], limit: int) -> str:
    """Declare a queue of this connection, bound to events by patterns; return its name."""
    with link_faults(EVENTS_EXCHANGE):
        declared = await channel.queue_declare(
            exclusive=True, arguments={"x-max-length": limit, "x-overflow": "drop-head"}
        )
        name = str(declared.queue)
        for pattern in patterns:
            await channel.queue_bind(name, EVENTS_EXCHANGE, routing_key=pattern)
    return name


def _arguments(spec: QueueSpec) -> ArgumentsType:
    arguments: ArgumentsType = {}
    if spec.dead_letters:
        arguments["x-dead-letter-exchange"] = DEAD_LETTERS
    if spec.message_ttl is not None:
        arguments["x-message-ttl"] = round(spec.message_ttl.total_seconds() * 1000)
    if spec.max_length is not None:
        arguments["x-max-length"] = spec.max_length
    return arguments
