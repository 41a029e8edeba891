"""Domain events: what happened, for the live stream, for in-process handlers and for anyone on the broker.

One message on the exchange `events` holds a JSON array of events of one type, which is its routing key;
each is `{"type", "at", "data"}`.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from pydantic import BaseModel, TypeAdapter

from backend.broker.protocol import MessageQueue
from backend.store.run_rows import run_from_row
from shared.enums import EventType
from shared.errors import MessageQueueUnavailableError

MOST_IN_ONE_MESSAGE = 200
MOST_WAITING = 20_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `data` is ready for JSON."""

    type: EventType
    at: str
    data: dict[str, Any]


_EVENTS = TypeAdapter(list[Event])


def encode_events(events: Sequence[Event]) -> bytes:
    """Return the body of a message."""
    return json.dumps(
        [{"type": event.type, "at": event.at, "data": event.data} for event in events],
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def decode_events(body: bytes) -> list[Event]:
    """Return the events of a message; raises pydantic's ValidationError."""
    return _EVENTS.validate_json(body)


class EventPublisher:
    """Takes events without waiting and publishes them in batches, in order.

    Events tell; they do not decide. Where the broker is away they wait, up to a limit, and then the
    oldest are dropped: whoever needs the truth asks the database.
    """

    def __init__(self, queue: MessageQueue) -> None:
        self._queue = queue
        self._waiting: list[Event] = []
        self._ready = asyncio.Event()

    def publish(self, kind: EventType, items: Iterable[BaseModel | Mapping[str, Any]]) -> None:
        """Publish one event for each item."""
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        for item in items:
            data = item.model_dump(mode="json") if isinstance(item, BaseModel) else dict(item)
            self._waiting.append(Event(kind, at, data))
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[: len(self._waiting) - MOST_WAITING]
        self._ready.set()

    def publish_runs(self, kind: EventType, rows: Iterable[Mapping[Any, Any]]) -> None:
        """Publish one event for each run, given as rows of `SUMMARY_COLUMNS`."""
        self.publish(
            kind,
            (run_from_row(row).model_dump(mode="json", exclude={"stdout_tail", "stderr_tail"}) for row in rows),
        )

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
                    await self._queue.publish(kind, encode_events(batch))
                except MessageQueueUnavailableError:
                    log.warning("events dropped: the message queue does not answer", count=len(batch))
