"""The live stream: the newest events of all replicas, for any number of listeners."""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from backend.broker.protocol import Delivery, MessageQueue
from backend.events.publisher import decode_events
from backend.events.seals import EventSeals
from shared.enums import StreamTopic
from shared.errors import BrokerUnavailableError

KEPT_EVENTS = 10_000
"""Events that a listener can miss and still resume; it bounds the memory."""
KEPT_CHARACTERS = 64 * 1024 * 1024
"""Of their data; 10,000 usual events have ten million."""
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


class LiveStream:
    """Holds the newest events in memory and sends them to listeners.

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
        self._items: deque[tuple[int, StreamTopic, StreamItem]] = deque()
        self._kept_characters = 0
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
                            if self._is_genuine(delivery):
                                await self._add(delivery.body)
            except BrokerUnavailableError as error:
                log.warning("The live stream waits for the broker.", cause=error.detail)
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def close(self) -> None:
        """End the stream of every listener."""
        async with self._changed:
            self._is_closed = True
            self._changed.notify_all()

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

    async def _add(self, body: bytes) -> None:
        try:
            events, unreadable = decode_events(body)
        except ValueError as error:
            log.warning("An event could not be read.", cause=str(error).split("\n", 1)[0])
            return
        if unreadable:
            log.warning("Events could not be read: a newer version may have published them.", count=unreadable)
        async with self._changed:
            for kind, data in events:
                self._last += 1
                item = StreamItem(f"{self._epoch}-{self._last}", kind, data)
                self._items.append((self._last, kind.topic, item))
                self._kept_characters += len(data)
            while len(self._items) > KEPT_EVENTS or self._kept_characters > KEPT_CHARACTERS:
                self._kept_characters -= len(self._items.popleft()[2].data)
            self._changed.notify_all()

    def _resume_at(self, last_event_id: str | None) -> int | None:
        """Return the number of the last event that the listener has, or None if events after it are lost."""
        if last_event_id is None:
            return self._last
        epoch, _, number = last_event_id.partition("-")
        if epoch != self._epoch or not number.isdigit() or int(number) > self._last:
            return None
        oldest = self._items[0][0] if self._items else self._last + 1
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
                oldest = self._items[0][0] if self._items else self._last + 1
                missed = position < oldest - 1
                newer = self._newer_than(position)[:_PASSED_AT_ONCE]
                found = [item for _, topic, item in newer if topic in topics]
                position = newer[-1][0]
            if missed:
                yield StreamItem(f"{self._epoch}-{oldest - 1}", "gap", '{"reason":"the listener was too slow"}')
            for item in found:
                visible = item if shown is None else shown(item)
                if visible is not None:
                    yield visible

    def _has_newer(self, position: int, ended: asyncio.Event) -> bool:
        return self._last > position or self._is_closed or ended.is_set()

    def _newer_than(self, position: int) -> list[tuple[int, StreamTopic, StreamItem]]:
        newer = []
        for entry in reversed(self._items):
            if entry[0] <= position:
                break
            newer.append(entry)
        newer.reverse()
        return newer
