"""Process what workers send: a batch from a queue, recorded in one transaction, then acknowledged."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend.broker.messages import Codec, MalformedMessageError
from backend.broker.protocol import Delivery, MessageQueue
from backend.broker.queues import QueueSpec
from backend.database.connection import Database
from backend.faults.model import ITEM_ERRORS
from shared.errors import BrokerUnavailableError, DatabaseUnavailableError

T = TypeVar("T")

PREFETCH = 256
"""Messages that a replica holds unacknowledged: four batches, so that it never waits for the broker."""
_BATCH = 64
"""Messages recorded in one transaction."""
_PAUSE_SECONDS = 1.0
"""Before a subscription is tried again."""
_RECORD_SECONDS = 10.0
"""Maximum time to record a batch. Longer means that the database is unreachable and its network drops packets."""

log = structlog.get_logger()


class Intake(Generic[T]):
    """Consumes one queue until cancelled.

    One bad message costs no other: what cannot be read or recorded goes to the dead letters on its own, down to the
    single result or piece of output within a message. While the database is unreachable nothing is consumed: messages
    go back to the queue, for a replica that reaches it.
    """

    def __init__(
        self,
        broker: MessageQueue,
        spec: QueueSpec,
        codec: Codec[T],
        handle: Callable[[Sequence[T]], Awaitable[None]],
        database: Database,
        *,
        prefetch: int = PREFETCH,
    ) -> None:
        """`handle` records a batch in `database`.

        A replica that is stopped withholds `prefetch` messages from the others until RabbitMQ closes its connection,
        30 s later by default.
        """
        self._broker = broker
        self._spec = spec
        self._codec = codec
        self._handle = handle
        self._database = database
        self._prefetch = prefetch

    async def run(self) -> None:
        """Consume."""
        while True:
            try:
                async with self._broker.subscribe(self._spec, prefetch=self._prefetch) as subscription:
                    while await self._process(await subscription.take(_BATCH)):
                        pass
                await self._database.until_reachable()
            except BrokerUnavailableError as error:
                log.warning("intake waits for the broker", queue=self._spec.name, cause=error.detail)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _process(self, deliveries: Sequence[Delivery]) -> bool:
        """Record a batch; return False where the database is unreachable."""
        readable: list[tuple[Delivery, T]] = []
        for delivery in deliveries:
            try:
                readable.append((delivery, self._codec.decode(delivery.body)))
            except MalformedMessageError as error:
                log.error("message rejected: unreadable", queue=self._spec.name, cause=str(error).split("\n", 1)[0])
                await delivery.reject()
        return not readable or await self._record(readable)

    async def _record(self, batch: Sequence[tuple[Delivery, T]]) -> bool:
        try:
            async with asyncio.timeout(_RECORD_SECONDS):
                await self._handle([message for _, message in batch])
        except (DatabaseUnavailableError, TimeoutError) as error:
            log.warning("intake waits for the database", queue=self._spec.name, cause=str(error) or "no answer")
            for delivery, _ in batch:
                await delivery.requeue()
            return False
        except (SQLAlchemyError, *ITEM_ERRORS) as error:
            if len(batch) > 1:
                return all([await self._record([one]) for one in batch])
            await self._set_aside(*batch[0], cause=error)
        else:
            for delivery, _ in batch:
                await delivery.ack()
        return True

    async def _set_aside(self, delivery: Delivery, message: T, *, cause: Exception) -> None:
        """Reject a message that can never be recorded; one with several parts is sent again part by part."""
        parts = self._codec.split(message)
        if len(parts) == 1:
            log.error("message rejected: it cannot be recorded", queue=self._spec.name, exc_info=cause)
            await delivery.reject()
            return
        log.warning("message split: a part cannot be recorded", queue=self._spec.name, parts=len(parts))
        for part in parts:
            await self._broker.send(self._spec.name, self._codec.encode(part), durable=self._spec.durable)
        await delivery.ack()
