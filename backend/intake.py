"""Process what workers send: a batch from a queue, recorded in one transaction, then acknowledged."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import asyncpg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend.broker.gate import FromWorker, Gate, Refused, RefusedMessageError
from backend.broker.messages import Codec, MalformedMessageError
from backend.broker.protocol import Delivery, MessageQueue
from backend.broker.queues import QueueSpec
from backend.broker.signing import Stamp
from backend.database.connection import Database
from backend.faults.model import ITEM_ERRORS
from shared.errors import BrokerUnavailableError, DatabaseUnavailableError

T = TypeVar("T", bound=FromWorker)

PREFETCH = 256
"""Messages that a replica holds unacknowledged: four batches, so that it never waits for the broker."""
_BATCH = 64
"""Messages recorded in one transaction."""
_PAUSE_SECONDS = 1.0
"""Before a subscription is tried again."""
_RECORD_SECONDS = 10.0
"""Maximum time to record a batch. Longer means that the database is unreachable and its network drops packets."""

_LARGEST_NAMED = 64 * 1024
"""Bytes of a message without a seal that is read for the worker that it names: a heartbeat has a few hundred."""

NoteRefusal = Callable[[str, Refused, str | None], None]
"""Receives the queue of a message that was refused, why, and in which worker's name it came; never blocks."""

log = structlog.get_logger()


def ignore_refusal(_queue: str, _reason: Refused, _worker_id: str | None) -> None:
    """Note a refusal nowhere."""


class Intake(Generic[T]):
    """Consumes one queue until cancelled.

    A message that `gate` refuses is dropped: the dead letters are for those of workers. One bad message costs no other:
    what cannot be read or recorded goes to the dead letters on its own, down to the
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
        gate: Gate | None = None,
        note_refusal: NoteRefusal = ignore_refusal,
        prefetch: int = PREFETCH,
    ) -> None:
        """`handle` records a batch in `database`. Without a gate, messages need no seal.

        A replica that is stopped withholds `prefetch` messages from the others until RabbitMQ closes its connection,
        30 s later by default.
        """
        self._broker = broker
        self._spec = spec
        self._codec = codec
        self._handle = handle
        self._database = database
        self._gate = gate or Gate(None)
        self._note_refusal = note_refusal
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
        accepted: list[_Accepted[T]] = []
        for delivery in deliveries:
            try:
                accepted.append(self._accept(delivery))
            except RefusedMessageError as error:
                worker_id = error.worker_id or self._claimed_worker(delivery.body)
                self._note_refusal(self._spec.name, error.reason, worker_id)
                await delivery.ack()
            except MalformedMessageError as error:
                log.error("message rejected: unreadable", queue=self._spec.name, cause=str(error).split("\n", 1)[0])
                await delivery.reject()
        return not accepted or await self._record(accepted)

    def _accept(self, delivery: Delivery) -> "_Accepted[T]":
        """Return a message; raises `RefusedMessageError`, `MalformedMessageError`. What is refused is not read."""
        body = delivery.body
        stamp = self._gate.examine(self._spec.name, delivery.headers, body, redelivered=delivery.redelivered)
        message = self._codec.decode(body)
        self._gate.match(stamp, message)
        return _Accepted(delivery, message, stamp)

    def _claimed_worker(self, body: bytes) -> str | None:
        """Return the worker that a message without a seal names, so that a person learns which one has no key."""
        try:
            return self._codec.decode(body).worker_id if len(body) <= _LARGEST_NAMED else None
        except MalformedMessageError:
            return None

    async def _record(self, batch: Sequence["_Accepted[T]"]) -> bool:
        try:
            async with asyncio.timeout(_RECORD_SECONDS):
                await self._handle([one.message for one in batch])
        except (DatabaseUnavailableError, TimeoutError) as error:
            log.warning("intake waits for the database", queue=self._spec.name, cause=str(error) or "no answer")
            for one in batch:
                await one.delivery.requeue()
            return False
        except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, *ITEM_ERRORS) as error:
            if len(batch) > 1:
                return all([await self._record([one]) for one in batch])
            await self._set_aside(batch[0], cause=error)
        else:
            for one in batch:
                await one.delivery.ack()
        return True

    async def _set_aside(self, accepted: "_Accepted[T]", *, cause: Exception) -> None:
        """Reject a message that can never be recorded; one with several parts is sent again part by part."""
        parts = self._codec.split(accepted.message)
        if len(parts) == 1:
            log.error("message rejected: it cannot be recorded", queue=self._spec.name, exc_info=cause)
            await accepted.delivery.reject()
            return
        log.warning("message split: a part cannot be recorded", queue=self._spec.name, parts=len(parts))
        for part in parts:
            body = self._codec.encode(part)
            headers = self._gate.reseal(accepted.stamp, self._spec.name, body)
            await self._broker.send(self._spec.name, body, durable=self._spec.durable, headers=headers)
        await accepted.delivery.ack()


@dataclass(frozen=True, slots=True)
class _Accepted(Generic[T]):
    """A message that may be recorded, and what its seal says."""

    delivery: Delivery
    message: T
    stamp: Stamp | None
