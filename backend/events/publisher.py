"""Publishes events on the broker, for the live stream of every replica and for other consumers.

A message on the exchange `events` holds a JSON array of events of one type, which is its routing key. An event is
`{"type", "at", "data"}`.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import structlog
from pydantic import BaseModel
from pydantic_core import from_json

from backend.broker.protocol import MessageQueue
from shared.enums import EventType
from shared.errors import BrokerUnavailableError

MOST_IN_ONE_MESSAGE = 200
"""Bounds the size of a message."""
MOST_WAITING = 20_000
"""Events that wait while the broker is away; it bounds the memory. Then the oldest are dropped."""

log = structlog.get_logger()


class Event(NamedTuple):
    """An event; `data` is a JSON object as text."""

    type: EventType
    at: str
    data: str


def encode_events(events: Sequence[Event]) -> bytes:
    """Return the body of a message with these events."""
    written = (f'{{"type":"{event.type}","at":"{event.at}","data":{event.data}}}' for event in events)
    return f"[{','.join(written)}]".encode()


def decode_events(body: bytes) -> list[tuple[EventType, dict[str, Any]]]:
    """Return the type and the data of each event of a message; raises ValueError if it is malformed."""
    events = from_json(body)
    try:
        return [(EventType(event["type"]), dict(event["data"])) for event in events]
    except (KeyError, TypeError) as error:
        raise ValueError(f"malformed event: {error}") from error


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class EventPublisher:
    """Queues events without blocking, and publishes them in order and in batches.

    Nothing decides by events, so those that the broker does not accept are lost. The state is in the database.
    """

    def __init__(self, broker: MessageQueue) -> None:
        self._broker = broker
        self._waiting: list[Event] = []
        self._ready = asyncio.Event()

    def publish(self, kind: EventType, items: Iterable[BaseModel | Mapping[str, Any]]) -> None:
        """Publish one event for each item."""
        at = _now()
        for item in items:
            data = item.model_dump_json() if isinstance(item, BaseModel) else json.dumps(dict(item))
            self._waiting.append(Event(kind, at, data))
        self._flush()

    def publish_json(self, kind: EventType, objects: Iterable[str]) -> None:
        """Publish one event for each JSON object, given as text."""
        at = _now()
        self._waiting.extend(Event(kind, at, data) for data in objects)
        self._flush()

    def _flush(self) -> None:
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[: len(self._waiting) - MOST_WAITING]
        self._ready.set()

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            await self._ready.wait()
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
                try:
                    await self._broker.publish(kind, encode_events(batch))
                except BrokerUnavailableError:
                    log.warning("Events were dropped because the broker is unavailable.", count=len(batch))
