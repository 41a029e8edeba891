"""Messages with events: data passes through as it was sent, and one that cannot be read costs no other."""

import json

import pytest

from backend.events.publisher import Event, decode_events, encode_events
from shared.enums import EventType

GOOD = b'{"type":"run.finished","at":"2026-11-29T00:00:00Z","data":{"id":1,"error":"\xc3\xbc"}}'


def event(data: bytes, kind: str = "run.finished") -> bytes:
    return b'{"type":"%b","at":"2026-11-29T00:00:00Z","data":%b}' % (kind.encode(), data)


def test_data_passes_through_as_it_was_sent() -> None:
    body = encode_events([Event(EventType.RUN_FINISHED, GOOD), Event(EventType.RUN_FINISHED, event(b'{ "id": 2 }'))])
    kind = EventType.RUN_FINISHED
    assert decode_events(body) == ([(kind, '{"id":1,"error":"ü"}'), (kind, '{ "id": 2 }')], 0)


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
