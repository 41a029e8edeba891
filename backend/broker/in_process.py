"""The broker of a local backend: queues in its own process, with RabbitMQ's promises except durability."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from backend.broker.dead_letters import DeadLetter
from backend.broker.protocol import PUBLISH_BUCKETS, Delivery, NotRoutedError, QueueInUseError, Subscription
from backend.broker.queues import DEAD_LETTER_QUEUE, SHARED_QUEUES, QueueSpec
from backend.broker.signing import SEAL_HEADER
from backend.broker.topics import topic_matches
from backend.seconds_histogram import SecondsHistogram
from shared.errors import BrokerUnavailableError


@dataclass(slots=True, eq=False)
class _Message:
    number: int
    body: bytes
    routing_key: str
    headers: Mapping[str, str]
    expires_at: float | None
    redelivered: bool = False
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class _Queue:
    """Waiting messages, oldest first, and their consumers."""

    def __init__(self, spec: QueueSpec, *, dead_letters: "_Queue | None") -> None:
        self.spec = spec
        self.waiting: deque[_Message] = deque()
        self.subscriptions: list[_Subscription] = []
        self._dead_letters = dead_letters if spec.dead_letters else None
        self._next_number = 0

    def put(self, body: bytes, *, routing_key: str, headers: Mapping[str, str], expires: timedelta | None) -> None:
        """Append a message; beyond the maximum length the oldest is dropped."""
        now = asyncio.get_running_loop().time()
        lifetimes = [lifetime for lifetime in (expires, self.spec.message_ttl) if lifetime is not None]
        expires_at = now + min(lifetimes).total_seconds() if lifetimes else None
        self._drop_expired(now)
        self._next_number += 1
        self.waiting.append(_Message(self._next_number, body, routing_key, headers, expires_at))
        if self.spec.max_length is not None and len(self.waiting) > self.spec.max_length:
            self.waiting.popleft()
        self._wake()

    def put_back(self, message: _Message) -> None:
        """Return a message to its place in the order, as RabbitMQ does."""
        message.redelivered = True
        place = 0
        while place < len(self.waiting) and self.waiting[place].number < message.number:
            place += 1
        self.waiting.insert(place, message)
        self._wake()

    def take(self, limit: int) -> list[_Message]:
        """Remove and return up to `limit` of the oldest messages that have not expired."""
        now = asyncio.get_running_loop().time()
        taken: list[_Message] = []
        while self.waiting and len(taken) < limit:
            message = self.waiting.popleft()
            if message.expires_at is not None and message.expires_at <= now:
                self.dead_letter(message)
            else:
                taken.append(message)
        return taken

    def dead_letter(self, message: _Message) -> None:
        """Move a rejected or expired message to the dead letters, if this queue has them."""
        if self._dead_letters is not None:
            self._dead_letters.put(message.body, routing_key=message.routing_key, headers=message.headers, expires=None)

    def _drop_expired(self, now: float) -> None:
        while self.waiting and self.waiting[0].expires_at is not None and self.waiting[0].expires_at <= now:
            self.dead_letter(self.waiting.popleft())

    def _wake(self) -> None:
        for subscription in self.subscriptions:
            subscription.wake()


class _Delivery:
    """One message, settled once."""

    __slots__ = ("_message", "_subscription")

    def __init__(self, message: _Message, subscription: "_Subscription") -> None:
        self._message = message
        self._subscription = subscription

    @property
    def body(self) -> bytes:
        return self._message.body

    @property
    def headers(self) -> Mapping[str, str]:
        return self._message.headers

    @property
    def routing_key(self) -> str:
        return self._message.routing_key

    @property
    def redelivered(self) -> bool:
        return self._message.redelivered

    async def ack(self) -> None:
        self._subscription.settle(self._message)

    async def reject(self) -> None:
        if self._subscription.settle(self._message):
            self._subscription.queue.dead_letter(self._message)

    async def requeue(self) -> None:
        if self._subscription.settle(self._message):
            self._subscription.queue.put_back(self._message)


class _Subscription:
    """One consumer of a queue, with at most `prefetch` unsettled messages; None has no limit."""

    def __init__(self, queue: _Queue, *, prefetch: int | None) -> None:
        self.queue = queue
        self._prefetch = prefetch
        self._unsettled: dict[int, _Message] = {}
        self._woken = asyncio.Event()
        self._is_closed = False

    async def take(self, limit: int) -> Sequence[Delivery]:
        # Other tasks run between two batches, also while the queue is full.
        await asyncio.sleep(0)
        while True:
            if self._is_closed:
                raise BrokerUnavailableError(_CLOSED)
            if taken := self.queue.take(self._room(limit)):
                break
            self._woken.clear()
            await self._woken.wait()
        if self._prefetch is not None:
            self._unsettled.update((message.number, message) for message in taken)
        return [_Delivery(message, self) for message in taken]

    def settle(self, message: _Message) -> bool:
        """Record that a message was settled; return whether it was not yet."""
        was_unsettled = self._unsettled.pop(message.number, None) is not None
        self._woken.set()
        return was_unsettled

    def wake(self) -> None:
        """Have `take` check for messages again."""
        self._woken.set()

    def close(self) -> None:
        """End `take` with an error: the broker was closed."""
        self._is_closed = True
        self._woken.set()

    def return_unsettled(self) -> None:
        """Return unsettled messages to the queue."""
        unsettled, self._unsettled = self._unsettled, {}
        for message in unsettled.values():
            self.queue.put_back(message)

    def _room(self, limit: int) -> int:
        return limit if self._prefetch is None else min(limit, self._prefetch - len(self._unsettled))


def _letter(message: _Message) -> DeadLetter:
    return DeadLetter(
        queue=message.routing_key,
        reason="rejected",
        at=message.at,
        body=message.body,
        seal=message.headers.get(SEAL_HEADER),
    )


_CLOSED = "The in-process broker is not open. Start the backend again."


class InProcessBroker:
    """Implements `MessageQueue` within one process; its messages end with the process."""

    address = "in-process"

    def __init__(self) -> None:
        dead_letters = _Queue(DEAD_LETTER_QUEUE, dead_letters=None)
        self._dead_letters = dead_letters
        self._queues = {
            spec.name: dead_letters if spec is DEAD_LETTER_QUEUE else _Queue(spec, dead_letters=dead_letters)
            for spec in SHARED_QUEUES
        }
        self._event_queues: dict[_Queue, tuple[str, ...]] = {}
        self._callbacks: list[Callable[[bool], None]] = []
        self._is_open = False
        self.publish_times = SecondsHistogram(PUBLISH_BUCKETS)

    @property
    def is_connected(self) -> bool:
        """Whether it is open."""
        return self._is_open

    def on_connection_change(self, callback: Callable[[bool], None]) -> None:
        """Call `callback` with True at the start; the connection is never lost."""
        self._callbacks.append(callback)

    async def start(self, *, timeout: timedelta) -> None:
        """Open it; `timeout` is not needed."""
        if self._is_open:
            return
        self._is_open = True
        for callback in self._callbacks:
            callback(True)

    async def close(self) -> None:
        """End every subscription; may be called twice."""
        self._is_open = False
        for queue in (*self._queues.values(), *self._event_queues):
            for subscription in queue.subscriptions:
                subscription.close()

    async def ping(self) -> timedelta:
        """Return the time of one iteration of the event loop."""
        self._require_open()
        clock = asyncio.get_running_loop().time
        before = clock()
        await asyncio.sleep(0)
        return timedelta(seconds=clock() - before)

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
        """Append a message to a queue; see `MessageQueue.send`."""
        self._require_open()
        target = self._queues.get(queue)
        if target is not None:
            with self.publish_times.timed():
                target.put(body, routing_key=queue, headers=dict(headers or {}), expires=expires)
        elif must_route:
            raise NotRoutedError(queue)

    async def dead_letter_count(self) -> int:
        """Return the number of dead letters."""
        return len(self._dead_letters.waiting)

    async def dead_letters(self, *, limit: int) -> list[DeadLetter]:
        """Return the oldest dead letters."""
        return [_letter(message) for message in list(self._dead_letters.waiting)[:limit]]

    async def settle_dead_letters(self, ids: Collection[str] | None, *, requeue: bool) -> int:
        """Requeue or discard dead letters; return how many."""
        chosen = [
            message
            for message in self._dead_letters.waiting
            if (letter := _letter(message)).is_among(ids) and (letter.can_return or not requeue)
        ]
        for message in chosen:
            self._dead_letters.waiting.remove(message)
            if requeue:
                await self.send(message.routing_key, message.body, durable=True, headers=_letter(message).headers)
        return len(chosen)

    async def publish(self, routing_key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> None:
        """Deliver an event to every subscriber with a matching pattern."""
        self._require_open()
        for queue, patterns in self._event_queues.items():
            if any(topic_matches(pattern, routing_key) for pattern in patterns):
                queue.put(body, routing_key=routing_key, headers=dict(headers or {}), expires=None)

    @asynccontextmanager
    async def subscribe(self, queue: QueueSpec, *, prefetch: int) -> AsyncIterator[Subscription]:
        """Consume a queue, created on demand; an exclusive one is deleted with its consumer."""
        self._require_open()
        found = self._queues.setdefault(queue.name, _Queue(queue, dead_letters=self._dead_letters))
        if found.spec.exclusive and found.subscriptions:
            raise QueueInUseError(queue.name)
        subscription = _Subscription(found, prefetch=prefetch)
        found.subscriptions.append(subscription)
        try:
            yield subscription
        finally:
            found.subscriptions.remove(subscription)
            if found.spec.exclusive:
                del self._queues[queue.name]
            else:
                subscription.return_unsettled()

    @asynccontextmanager
    async def subscribe_events(self, *patterns: str, limit: int = 10_000) -> AsyncIterator[Subscription]:
        """Receive events, which need not be settled."""
        self._require_open()
        queue = _Queue(QueueSpec(name="", max_length=limit), dead_letters=None)
        subscription = _Subscription(queue, prefetch=None)
        queue.subscriptions.append(subscription)
        self._event_queues[queue] = patterns
        try:
            yield subscription
        finally:
            del self._event_queues[queue]

    def _require_open(self) -> None:
        if not self._is_open:
            raise BrokerUnavailableError(_CLOSED)
