"""What a client receives on the live stream, `GET /api/stream`."""

from dataclasses import dataclass
from typing import Any

from shared.enums import EventType


@dataclass(frozen=True, slots=True)
class StreamOpened:
    """The stream is open; the first item of each connection (`hello` on the wire)."""

    id: str


@dataclass(frozen=True, slots=True)
class StreamGap:
    """Events were missed before this item: whatever is displayed must be fetched again (`gap` on the wire)."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """Something happened.

    `data` is the object that the event concerns, as its endpoint returns it: a run (without the tails of its
    output), a worker, a task, an alert or a queue depth.
    """

    id: str
    type: EventType
    data: dict[str, Any]


StreamItem = StreamOpened | StreamGap | StreamEvent


def stream_item(*, id: str, type: str, data: dict[str, Any]) -> StreamItem | None:  # noqa: A002 - the names on the wire
    """Return a server-sent event as an item; None for a type that only a newer backend knows."""
    if type == "hello":
        return StreamOpened(id)
    if type == "gap":
        return StreamGap(id, str(data.get("reason", "")))
    try:
        return StreamEvent(id, EventType(type), data)
    except ValueError:
        return None
