"""Messages with events: data passes through as it was sent, and one that cannot be read costs no other."""

import asyncio
import json
from collections.abc import Mapping

import pytest

from backend.broker.in_process import InProcessBroker
from backend.events.publisher import MOST_WAITING, Event, EventPublisher, decode_events, encode_events
from shared.enums import EventType

GOOD = b'{"type":"run.finished","at":"2026-11-29T00:00:00Z","data":{"id":1,"error":"\xc3\xbc"}}'


def event(data: bytes, kind: str = "run.finished") -> bytes:
    return b'{"type":"%b","at":"2026-11-29T00:00:00Z","data":%b}' % (kind.encode(), data)


def test_data_passes_through_as_it_was_sent() -> None:
    kind, start = EventType.RUN_FINISHED, b'{"type":"run.finished","at":"2026-11-29T00:00:00Z","data":'
    data = '{"id":1,"error":"ü"}', '{ "id": 2 }'
    body = encode_events([Event(kind, start, one.encode()) for one in data])
    assert decode_events(body) == ([(kind, one) for one in data], 0)


@pytest.mark.parametrize(
    "bad",
    [
        event(b"{}", kind="run.exploded"),
        event(b"[1]"),
        event(b'"text"'),
        event(b'{"id":NaN}'),
        event(b'{"id":Infinity}'),
        b'{"type":"run.finished"}',
        b'{"data":{}}',
        b'{"type":7,"data":{}}',
        b"7",
        b"null",
        b'"\xff"',
    ],
)
def test_an_event_that_cannot_be_read_costs_no_other(bad: bytes) -> None:
    found, unreadable = decode_events(b"[" + b",".join([GOOD, bad, GOOD]) + b"]")
    assert [json.loads(data)["id"] for _, data in found] == [1, 1]
    assert unreadable == 1


@pytest.mark.parametrize("body", [b"", b"{}", b"7", b"[", b"\xff"])
def test_a_message_that_is_no_array_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_events(body)


class GatedBroker(InProcessBroker):
    """A broker that counts the events, and takes none before `gate` is set; `has_all` follows the last expected one."""

    def __init__(self, *, expected: int = 0) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.has_all = asyncio.Event()
        self.count = 0
        self._expected = expected

    async def publish(self, routing_key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> None:
        await self.gate.wait()
        self.count += len(json.loads(body))
        if self.count == self._expected:
            self.has_all.set()


async def test_who_publishes_thousands_waits_for_room_and_loses_none() -> None:
    many = MOST_WAITING * 3
    broker = GatedBroker(expected=many)
    publisher = EventPublisher(broker)

    async def publish() -> None:
        for start in range(0, many, 500):
            await publisher.has_room()
            publisher.publish(EventType.TASK_DELETED, ({"id": number} for number in range(start, start + 500)))
            broker.gate.set()

    running = asyncio.create_task(publisher.run())
    try:
        async with asyncio.timeout(30):
            await publish()
            await broker.has_all.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert broker.count == many


async def test_a_broker_that_takes_nothing_holds_nobody_for_long() -> None:
    publisher = EventPublisher(GatedBroker())
    publisher.publish(EventType.TASK_DELETED, ({"id": number} for number in range(MOST_WAITING)))
    async with asyncio.timeout(30):
        for _ in range(100):  # it waits once, not each time
            await publisher.has_room()
