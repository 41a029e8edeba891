"""Taking in what workers send: a batch from a queue, dealt with in one transaction, then acknowledged."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend.broker.messages import Codec, MalformedMessageError
from backend.broker.protocol import Delivery, MessageQueue
from backend.broker.queues import QueueSpec
from backend.database.connection import Database
from shared.errors import BrokerUnavailableError, DatabaseUnavailableError

T = TypeVar("T")

PREFETCH = 256
"""Messages that a replica holds before it has dealt with them."""
_BATCH = 64
_PAUSE_SECONDS = 1.0
_RECORD_SECONDS = 10.0
"""What takes longer waits for a database behind a network that swallows."""

log = structlog.get_logger()


class Intake(Generic[T]):
    """Consumes one queue until cancelled.

    What cannot be read or recorded is rejected into the dead-letter queue. While the database is away nothing is
    consumed: what was taken goes back to the queue, for a replica that reaches it.
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

        A replica that is stopped keeps `prefetch` messages from the others until the broker gives it up, 20 s later.
        """
        self._broker = broker
        self._spec = spec
        self._decode = codec.decode
        self._handle = handle
        self._database = database
        self._prefetch = prefetch

    async def run(self) -> None:
        """Take in messages."""
        while True:
            try:
                async with self._broker.subscribe(self._spec, prefetch=self._prefetch) as subscription:
                    while await self._take_in(await subscription.take(_BATCH)):
                        pass
                await self._database.until_reachable()
            except BrokerUnavailableError as error:
                log.warning("intake waits for the broker", queue=self._spec.name, cause=error.detail)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _take_in(self, deliveries: Sequence[Delivery]) -> bool:
        """Deal with a batch; return False where nothing can be recorded now."""
        good: list[Delivery] = []
        messages = []
        for delivery in deliveries:
            try:
                messages.append(self._decode(delivery.body))
            except MalformedMessageError as error:
                log.error("message rejected", queue=self._spec.name, cause=str(error).split("\n", 1)[0])
                await delivery.reject()
            else:
                good.append(delivery)
        return not good or await self._record(good, messages)

    async def _record(self, deliveries: Sequence[Delivery], messages: Sequence[T]) -> bool:
        try:
            async with asyncio.timeout(_RECORD_SECONDS):
                await self._handle(messages)
        except (DatabaseUnavailableError, TimeoutError) as error:
            log.warning("intake waits for the database", queue=self._spec.name, cause=str(error) or "no answer")
            for delivery in deliveries:
                await delivery.requeue()
            return False
        except (SQLAlchemyError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            # One message that can never be recorded must not hold up all that come with it and after it.
            if len(deliveries) > 1:
                parts = zip(deliveries, messages, strict=True)
                return all([await self._record([delivery], [message]) for delivery, message in parts])
            log.error("message rejected: it cannot be recorded", queue=self._spec.name, exc_info=error)
            await deliveries[0].reject()
        else:
            for delivery in deliveries:
                await delivery.ack()
        return True
