"""The interface of a broker, for RabbitMQ and within a process."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol

from backend.broker.dead_letters import DeadLetter
from backend.broker.queues import QueueSpec
from backend.seconds_histogram import SecondsHistogram

PUBLISH_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0)
"""Upper bounds of the times of messages until the broker has confirmed them, in seconds."""


class NotRoutedError(Exception):
    """The queue of a mandatory message does not exist: its consumer is gone."""


class QueueInUseError(Exception):
    """An exclusive queue already has a consumer."""


class QueueTakenError(Exception):
    """An exclusive queue exists in another form, so that others read it too; the text says which."""


class Delivery(Protocol):
    """One message, to be settled once.

    Settling it after the connection was lost does nothing: the broker delivers it again.
    """

    @property
    def body(self) -> bytes:
        """The content."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers."""

    @property
    def routing_key(self) -> str:
        """The queue's name, or an event's type."""

    @property
    def redelivered(self) -> bool:
        """Whether it may have been delivered before."""

    async def ack(self) -> None:
        """Remove it: it was processed."""

    async def reject(self) -> None:
        """Move it to the dead letters, if its queue has them: it can never be processed."""

    async def requeue(self) -> None:
        """Return it to its place in the queue: it cannot be processed now."""


class Subscription(Protocol):
    """A consumer. It is set up again by itself after a lost connection."""

    async def take(self, limit: int) -> Sequence[Delivery]:
        """Return one to `limit` messages; waits for the first one only."""


class Sender(Protocol):
    """What sends to queues: a broker, or what seals messages first."""

    async def send(self, queue: str, body: bytes, *, durable: bool = False) -> None:
        """Send one message and return when the broker has confirmed it; raises `BrokerUnavailableError`."""


class MessageQueue(Protocol):
    """A broker: RabbitMQ, or one within this process.

    Every method raises `BrokerUnavailableError` where the broker cannot be reached in time.
    """

    @property
    def address(self) -> str:
        """Its address without the password, for messages to people."""

    @property
    def is_connected(self) -> bool:
        """Whether it is connected now."""

    @property
    def publish_times(self) -> SecondsHistogram:
        """How long messages took until the broker had confirmed them, since the start."""

    def on_connection_change(self, callback: Callable[[bool], None]) -> None:
        """Call `callback` with True when the connection is made or made again, with False when it is lost."""

    async def start(self, *, timeout: timedelta) -> None:
        """Connect and declare the shared queues. A connection that is lost later is made again in the background."""

    async def close(self) -> None:
        """Close the connection. Every `send` has been confirmed or has failed."""

    async def ping(self) -> timedelta:
        """Return the time of one round trip."""

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
        """Send one message and return when the broker has confirmed it.

        Raises `NotRoutedError` where `must_route` is set and the queue does not exist.
        """

    async def publish(self, routing_key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> None:
        """Publish an event; without subscribers it is dropped."""

    async def dead_letter_count(self) -> int:
        """Return the number of dead letters."""

    async def dead_letters(self, *, limit: int) -> list[DeadLetter]:
        """Return the oldest dead letters, which stay where they are."""

    async def settle_dead_letters(self, ids: Collection[str] | None, *, requeue: bool) -> int:
        """Requeue the dead letters with these ids, or all, to where they came from, or discard them.

        Returns how many were found. One that names another queue than those of `RETURNABLE` is not requeued.
        """

    def subscribe(self, queue: QueueSpec, *, prefetch: int) -> AbstractAsyncContextManager[Subscription]:
        """Consume a queue; raises `QueueInUseError` where it is exclusive and has a consumer."""

    def subscribe_events(self, *patterns: str, limit: int = 10_000) -> AbstractAsyncContextManager[Subscription]:
        """Receive events whose type matches one of the patterns (`*` is one word, `#` any number of words).

        At most `limit` wait. Beyond it the oldest are dropped.
        """
