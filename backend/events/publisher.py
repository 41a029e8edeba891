"""Publishes events on the broker, for the live stream of every replica and for other consumers.

A message on the exchange `events` holds a JSON array of events of one type, which is its routing key. An event is
`{"type", "at", "data"}`.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol, TypeVar

import structlog
from msgspec import Raw, Struct
from msgspec.json import Decoder
from pydantic import BaseModel
from pydantic_core import from_json

from backend.broker.protocol import MessageQueue
from backend.events.seals import EventSeals
from shared.enums import EventType
from shared.errors import BrokerUnavailableError

MOST_IN_ONE_MESSAGE = 200
"""Bounds the size of a message."""
MOST_WAITING = 20_000
"""Events that wait while the broker is away; it bounds the memory. Then the oldest are dropped."""

_GATHER_SECONDS = 0.005
"""How long events wait for others. The dispatcher works on a change first: nobody sees these milliseconds, and a run
that is triggered is sent to its worker earlier by the time that encoding and publishing take."""

_ROOM_SECONDS = 2.0
"""A broker that takes the events of one part longer than this is as good as away: its events may be lost."""

MARK_HEADER = "x-taskdeck-mark"
"""By which a process recognises messages of its own."""

T = TypeVar("T")

log = structlog.get_logger()


class Event(NamedTuple):
    """An event: its data, a JSON object in UTF-8, and what comes before it in the message."""

    type: EventType
    start: bytes
    data: bytes


def encode_events(events: Sequence[Event]) -> bytes:
    """Return the body of a message with these events."""
    return b"[" + b",".join([b"%b%b}" % (event.start, event.data) for event in events]) + b"]"


class OwnListener(Protocol):
    """Receives the events of its own process before they go to the broker."""

    async def receive_own(self, events: Sequence[Event]) -> str:
        """Take them; return what marks their message, by which it is recognised when the broker delivers it."""


class _Encoded(Struct):
    """An event of a message whose data stays as it was sent."""

    type: str
    data: Raw


_TYPES = {kind.value: kind for kind in EventType}
_MESSAGE = Decoder(list[_Encoded])


def decode_events(body: bytes) -> tuple[list[tuple[EventType, str]], int]:
    """Return the type and the data, JSON text, of each event of a message, and how many of them cannot be read.

    Raises ValueError if the message is no JSON array.
    """
    try:
        events = [(_TYPES[event.type], bytes(event.data).decode()) for event in _MESSAGE.decode(body)]
    except (KeyError, ValueError):
        return _decode_each(body)
    found = [(kind, data) for kind, data in events if data.startswith("{")]
    return found, len(events) - len(found)


def _decode_each(body: bytes) -> tuple[list[tuple[EventType, str]], int]:
    """Do the same for a message that has an event which cannot be read."""
    events = from_json(body.decode(errors="replace"))
    if not isinstance(events, list):
        raise ValueError("malformed events: not an array")
    found = []
    for event in events:
        try:
            found.append((_TYPES[event["type"]], json.dumps(dict(event["data"]), allow_nan=False)))
        except (LookupError, TypeError, ValueError):
            continue
    return found, len(events) - len(found)


def _json(item: BaseModel | Mapping[str, Any]) -> bytes:
    return (item.model_dump_json() if isinstance(item, BaseModel) else json.dumps(dict(item))).encode()


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class EventPublisher:
    """Queues events without blocking, and publishes them in order and in batches.

    Nothing decides by events, so those that the broker does not accept are lost. The state is in the database.
    """

    def __init__(self, broker: MessageQueue, *, seals: EventSeals | None = None) -> None:
        """Without seals, events go out as they are."""
        self._broker = broker
        self._seals = seals
        self._own_listener: OwnListener | None = None
        self._waiting: list[Event] = []
        self._ready = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._is_slow = False

    def pass_to(self, listener: OwnListener) -> None:
        """Give each event to the live stream of this process itself, whether the broker takes it or not."""
        self._own_listener = listener

    def publish(self, kind: EventType, items: Iterable[BaseModel | Mapping[str, Any]]) -> None:
        """Publish one event for each item."""
        self.publish_encoded(kind, items, _json)

    def publish_encoded(self, kind: EventType, items: Iterable[T], encode: Callable[[T], bytes]) -> None:
        """Publish one event for each item, encoded as a JSON object.

        An item that cannot be encoded is dropped, since the state is in the database.
        """
        start = f'{{"type":"{kind}","at":"{_now()}","data":'.encode()
        for item in items:
            try:
                data = encode(item)
            except (ValueError, TypeError, RecursionError) as error:
                log.error("An event was dropped: it cannot be encoded.", kind=kind, cause=str(error))
                continue
            self._waiting.append(Event(kind, start, data))
        self._flush()

    async def has_room(self) -> None:
        """Return when so few events wait that a thousand more are not dropped, or after a moment.

        What publishes more than that at once asks before each part of it. After a broker was too slow, nobody waits
        until it has caught up.
        """
        if self._is_slow:
            return
        try:
            async with asyncio.timeout(_ROOM_SECONDS):
                await self._has_room.wait()
        except TimeoutError:
            self._is_slow = True

    def _flush(self) -> None:
        if len(self._waiting) > MOST_WAITING // 2:
            self._has_room.clear()
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[: len(self._waiting) - MOST_WAITING]
        self._ready.set()

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            await self._ready.wait()
            await asyncio.sleep(_GATHER_SECONDS)
            self._ready.clear()
            while self._waiting:
                kind = self._waiting[0].type
                size = 0
                for event in self._waiting[:MOST_IN_ONE_MESSAGE]:
                    if event.type is not kind:
                        break
                    size += 1
                batch = self._waiting[:size]
                del self._waiting[:size]
                if len(self._waiting) <= MOST_WAITING // 2:
                    self._has_room.set()
                    self._is_slow = False
                body = encode_events(batch)
                headers = {} if self._seals is None else dict(self._seals.headers(kind, body))
                if self._own_listener is not None:
                    headers[MARK_HEADER] = await self._own_listener.receive_own(batch)
                try:
                    await self._broker.publish(kind, body, headers=headers)
                except BrokerUnavailableError:
                    log.warning("Events were dropped because the broker is unavailable.", count=len(batch))
