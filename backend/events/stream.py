"""The live stream: the newest events of all replicas, for any number of listeners."""

import asyncio
import secrets
import uuid
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from backend.broker.protocol import Delivery, MessageQueue
from backend.events.publisher import MARK_HEADER, Event, decode_events
from backend.events.seals import EventSeals
from shared.enums import EventType, StreamTopic
from shared.errors import BrokerUnavailableError

KEPT_EVENTS = 10_000
"""Events that a listener can miss and still resume; it bounds the memory."""
KEPT_SIZE = 64 * 1024 * 1024
"""Bytes of their data, or characters where they came from the broker; 10,000 usual events have ten million."""
_MOST_EXPECTED = 10_000
"""Messages of this process that the broker has not delivered: as many as may wait in its queue."""
_PASSED_AT_ONCE = 500
"""To a listener: one that stops reading holds no more events than these, beside those that are kept for all."""
_BATCH = 100
_RECONNECT_SECONDS = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StreamItem:
    """An event as listeners receive it."""

    id: str
    type: str
    data: str
    """A JSON object."""


class _Kept:
    """An event that is kept; its item is made when the first listener asks for it, since often nobody listens."""

    __slots__ = ("_data", "_item", "kind", "number")

    def __init__(self, number: int, kind: EventType, data: bytes | str) -> None:
        self.number = number
        self.kind = kind
        self._data = data
        self._item: StreamItem | None = None

    @property
    def size(self) -> int:
        return len(self._data)

    def item(self, epoch: str) -> StreamItem:
        if self._item is None:
            data = self._data if isinstance(self._data, str) else self._data.decode()
            self._item = StreamItem(f"{epoch}-{self.number}", self.kind, data)
        return self._item


class LiveStream:
    """Holds the newest events in memory and sends them to listeners.

    Events of its own process come from its publisher, those of other replicas from the broker.

    An event id is `{epoch}-{number}`. Each process has its own epoch, so an id of another replica, or from before a
    restart, is recognised and answered with a gap.
    """

    def __init__(
        self, broker: MessageQueue, *, seals: EventSeals | None = None, note_refusal: Callable[[], None] | None = None
    ) -> None:
        """With seals, only events of replicas are passed on; `note_refusal` is told of each other message."""
        self._broker = broker
        self._seals = seals
        self._note_refusal = note_refusal
        self._epoch = uuid.uuid4().hex[:8]
        self._items: deque[_Kept] = deque()
        self._kept_size = 0
        self._expected: OrderedDict[str, None] = OrderedDict()
        self._last = 0
        self._changed = asyncio.Condition()
        self._is_closed = False

    async def run(self) -> None:
        """Receive events until cancelled."""
        while True:
            try:
                async with self._broker.subscribe_events("#") as subscription:
                    while True:
                        for delivery in await subscription.take(_BATCH):
                            await delivery.ack()
                            if not self._is_own(delivery) and self._is_genuine(delivery):
                                await self._receive(delivery.body)
            except BrokerUnavailableError as error:
                log.warning("The live stream waits for the broker.", cause=error.detail)
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def close(self) -> None:
        """End the stream of every listener."""
        async with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    async def receive_own(self, events: Sequence[Event]) -> str:
        """Take events of this process; return the mark of their message, which is passed over when it comes back."""
        mark = secrets.token_hex(8)
        self._expected[mark] = None
        while len(self._expected) > _MOST_EXPECTED:
            self._expected.popitem(last=False)
        await self._add((event.type, event.data) for event in events)
        return mark

    def _is_own(self, delivery: Delivery) -> bool:
        """Whether it is a message of this process. Each counts once, so that nobody else can use its mark."""
        mark = delivery.headers.get(MARK_HEADER)
        if mark is None or mark not in self._expected:
            return False
        del self._expected[mark]
        return True

    def _is_genuine(self, delivery: Delivery) -> bool:
        if self._seals is None:
            return True
        why = self._seals.why_refused(delivery.routing_key, delivery.headers, delivery.body)
        if why is None:
            return True
        log.warning("Events were refused.", kind=delivery.routing_key[:50], cause=why)
        if self._note_refusal is not None:
            self._note_refusal()
        return False

    async def _receive(self, body: bytes) -> None:
        try:
            events, unreadable = decode_events(body)
        except ValueError as error:
            log.warning("An event could not be read.", cause=str(error).split("\n", 1)[0])
            return
        if unreadable:
            log.warning("Events could not be read: a newer version may have published them.", count=unreadable)
        await self._add(events)

    async def _add(self, events: Iterable[tuple[EventType, bytes | str]]) -> None:
        async with self._changed:
            for kind, data in events:
                self._last += 1
                self._items.append(_Kept(self._last, kind, data))
                self._kept_size += len(data)
            while len(self._items) > KEPT_EVENTS or self._kept_size > KEPT_SIZE:
                self._kept_size -= self._items.popleft().size
            self._changed.notify_all()

    def _resume_at(self, last_event_id: str | None) -> int | None:
        """Return the number of the last event that the listener has, or None if events after it are lost."""
        if last_event_id is None:
            return self._last
        epoch, _, number = last_event_id.partition("-")
        if epoch != self._epoch or not number.isdigit() or int(number) > self._last:
            return None
        oldest = self._items[0].number if self._items else self._last + 1
        return int(number) if int(number) >= oldest - 1 else None

    async def wake(self) -> None:
        """Let every listener look whether it has ended."""
        async with self._changed:
            self._changed.notify_all()

    async def listen(
        self,
        topics: frozenset[StreamTopic],
        *,
        last_event_id: str | None,
        ended: asyncio.Event,
        shown: Callable[[StreamItem], StreamItem | None] | None = None,
    ) -> AsyncIterator[StreamItem]:
        """Yield `hello`, then the missed events or `gap`, then each new event, until `ended` is set; see `wake`.

        `shown` returns what is yielded for an event of the topics, or None; without it, all are.
        """
        resumed_at = self._resume_at(last_event_id)
        position = self._last if resumed_at is None else resumed_at
        yield StreamItem(f"{self._epoch}-{position}", "hello", "{}")
        if resumed_at is None:
            yield StreamItem(f"{self._epoch}-{position}", "gap", '{"reason":"events were missed"}')
        while True:
            async with self._changed:
                await self._changed.wait_for(partial(self._has_newer, position, ended))
                if self._is_closed or ended.is_set():
                    return
                oldest = self._items[0].number if self._items else self._last + 1
                missed = position < oldest - 1
                newer = self._newer_than(position)[:_PASSED_AT_ONCE]
                found = [kept.item(self._epoch) for kept in newer if kept.kind.topic in topics]
                position = newer[-1].number
            if missed:
                yield StreamItem(f"{self._epoch}-{oldest - 1}", "gap", '{"reason":"the listener was too slow"}')
            for item in found:
                visible = item if shown is None else shown(item)
                if visible is not None:
                    yield visible

    def _has_newer(self, position: int, ended: asyncio.Event) -> bool:
        return self._last > position or self._is_closed or ended.is_set()

    def _newer_than(self, position: int) -> list[_Kept]:
        newer = []
        for entry in reversed(self._items):
            if entry.number <= position:
                break
            newer.append(entry)
        newer.reverse()
        return newer
