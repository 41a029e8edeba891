"""The dead letters of RabbitMQ: read in place, requeued, discarded."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel
from pamqp.commands import Basic

from backend.broker.dead_letters import MOST_SEARCHED, DeadLetter
from backend.broker.queues import DEAD_LETTERS
from backend.broker.rabbitmq.faults import link_faults
from backend.broker.rabbitmq.link import BrokerLink
from backend.broker.signing import SEAL_HEADER


class RabbitDeadLetters:
    """Reads on a channel of its own. What is not settled when the channel closes returns to its place."""

    def __init__(self, link: BrokerLink) -> None:
        self._link = link

    async def count(self) -> int:
        """Return their number; raises `LinkLostError`."""
        async with self._channel() as channel:
            return (await channel.queue_declare(DEAD_LETTERS, passive=True)).message_count or 0

    async def read(self, *, limit: int) -> list[DeadLetter]:
        """Return the oldest ones; raises `LinkLostError`."""
        async with self._channel() as channel:
            return [_letter(message) async for message in _messages(channel, limit=limit)]

    async def settle(
        self, ids: Collection[str] | None, *, send_back: Callable[[DeadLetter], Awaitable[None]] | None
    ) -> int:
        """Remove those with these ids, or all, and send them back first; return how many; raises `LinkLostError`.

        One that may not go back where it says it came from stays.
        """
        settled = 0
        async with self._channel() as channel:
            # A letter that is sent back may be rejected again, and be here again before this loop ends.
            count = (await channel.queue_declare(DEAD_LETTERS, passive=True)).message_count or 0
            async for message in _messages(channel, limit=min(count, MOST_SEARCHED)):
                letter = _letter(message)
                if not letter.is_among(ids) or (send_back is not None and not letter.can_return):
                    continue
                if send_back is not None:
                    await send_back(letter)
                await channel.basic_ack(message.delivery_tag or 0)
                settled += 1
        return settled

    @asynccontextmanager
    async def _channel(self) -> AsyncIterator[Channel]:
        channel = await self._link.channel(publisher_confirms=False)
        with link_faults(DEAD_LETTERS):
            try:
                yield channel
            finally:
                if not channel.is_closed:
                    await channel.close()


async def _messages(channel: Channel, *, limit: int) -> AsyncIterator[DeliveredMessage]:
    for _ in range(limit):
        message = await channel.basic_get(DEAD_LETTERS)
        if isinstance(message.delivery, Basic.GetEmpty):
            return
        yield message


def _letter(message: DeliveredMessage) -> DeadLetter:
    headers: Mapping[str, Any] = message.header.properties.headers or {}
    deaths = headers.get("x-death") or [{}]
    at = deaths[0].get("time")
    return DeadLetter(
        queue=str(headers.get("x-first-death-queue") or message.routing_key or ""),
        reason=str(headers.get("x-first-death-reason") or "unknown"),
        at=at.replace(tzinfo=at.tzinfo or UTC) if isinstance(at, datetime) else None,
        body=message.body,
        seal=sealed if isinstance(sealed := headers.get(SEAL_HEADER), str) else None,
    )
