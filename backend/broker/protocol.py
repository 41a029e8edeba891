"""What the backend and the workers need of a message queue, whichever carries it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol

from backend.broker.dead_letters import DeadLetter
from backend.broker.queues import QueueSpec


class NotRoutedError(Exception):
    """A message that had to reach a queue found none: its consumer is gone."""


class QueueInUseError(Exception):
    """An exclusive queue has a consumer already."""


class Delivery(Protocol):
    """One message, to be settled once. To settle it after the connection was lost does nothing:

    the broker delivers it again.
    """

    @property
    def body(self) -> bytes:
        """The message."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers."""

    @property
    def routing_key(self) -> str:
        """The queue's name, or an event's type."""

    @property
    def redelivered(self) -> bool:
        """Whether it may have been delivered before."""

    async def ack(self) -> None:
        """It was dealt with."""

    async def reject(self) -> None:
        """It can never be dealt with: keep it in the dead-letter queue, if its queue has one."""

    async def requeue(self) -> None:
        """It could not be dealt with now: deliver it again."""


class Subscription(Protocol):
    """Messages that come in; it goes on by itself when the connection comes back."""

    async def take(self, limit: int) -> Sequence[Delivery]:
        """Return one to `limit` messages: waits for the first, and for no more."""


class MessageQueue(Protocol):
    """RabbitMQ, or a queue within the process.

    Every method raises `BrokerUnavailableError` where the broker cannot be reached in time.
    """

    @property
    def address(self) -> str:
        """Where it is, without its password, for messages to people."""

    @property
    def is_connected(self) -> bool:
        """Whether the broker answers now."""

    def on_connection_change(self, callback: Callable[[bool], None]) -> None:
        """Call `callback` with True when the connection comes (back), with False when it is lost."""

    async def start(self, *, timeout: timedelta) -> None:
        """Connect and declare the shared queues; later losses are mended in the background."""

    async def close(self) -> None:
        """End the connection; what was sent has been confirmed or has failed."""

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
        """Send one message and return when the broker has taken it.

        Raises `NotRoutedError` where `must_route` and the queue does not exist.
        """

    async def publish(self, routing_key: str, body: bytes) -> None:
        """Publish on the exchange of events; nobody need listen."""

    async def dead_letter_count(self) -> int:
        """Return how many messages nobody could deal with."""

    async def dead_letters(self, *, limit: int) -> list[DeadLetter]:
        """Return the oldest of them, and leave them where they are."""

    async def settle_dead_letters(self, ids: Collection[str] | None, *, requeue: bool) -> int:
        """Send those of these ids, or all, back to the queue they were taken from, or throw them away.

        Returns how many were found.
        """

    def subscribe(self, queue: QueueSpec, *, prefetch: int) -> AbstractAsyncContextManager[Subscription]:
        """Consume a queue; raises `QueueInUseError` where it is exclusive and taken."""

    def subscribe_events(self, *patterns: str, limit: int = 10_000) -> AbstractAsyncContextManager[Subscription]:
        """Hear events whose type matches one of the topic patterns (`*` a word, `#` any number of words).

        At most `limit` wait; beyond it the oldest are lost.
        """
