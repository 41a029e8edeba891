"""Which requests fit a document once they are sent."""

import pytest

from tests.sent_request import SentRequests

TEXT_OR_NOTHING = {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}
ALLOWED = SentRequests(
    {
        "components": {"schemas": {"Ids": {"type": "object", "required": ["ids"]}, "Filter": {"type": "object"}}},
        "paths": {
            "/things/{id}": {
                "post": {
                    "parameters": [
                        {"in": "path", "name": "id", "required": True, "schema": {"type": "integer", "minimum": 1}},
                        {"in": "query", "name": "q", "schema": TEXT_OR_NOTHING},
                        {"in": "query", "name": "state", "schema": {"type": "array", "items": {"enum": ["on", "off"]}}},
                    ],
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ids"}}},
                    },
                },
                "get": {
                    "parameters": [
                        {"in": "path", "name": "id", "required": True, "schema": {"type": "integer"}},
                        {"in": "query", "name": "n", "required": True, "schema": {"type": "integer"}},
                    ]
                },
            }
        },
    }
)


@pytest.mark.parametrize(
    ("method", "address", "body", "fits"),
    [
        ("POST", "/things/1", b'{"ids": []}', True),
        ("POST", "/things/1?q=abc&state=on&state=off", b'{"ids": []}', True),
        ("POST", "/things/0", b'{"ids": []}', False),
        ("POST", "/things/x", b'{"ids": []}', False),
        ("POST", "/things/1?q=abcd", b'{"ids": []}', False),
        ("POST", "/things/1?q=a&q=b", b'{"ids": []}', False),
        ("POST", "/things/1?state=idle", b'{"ids": []}', False),
        ("POST", "/things/1?colour=red", b'{"ids": []}', False),
        ("POST", "/things/1", b"{}", False),
        ("POST", "/things/1", b"\xff", False),
        ("POST", "/things/1", None, False),
        ("GET", "/things/1?n=2", None, True),
        ("GET", "/things/1?n=true", None, False),
        ("GET", "/things/1", None, False),
        ("GET", "/things/1?n=2", b"{}", False),
    ],
)
def test_a_request_fits_by_what_is_sent(method: str, address: str, body: bytes | None, fits: bool) -> None:
    assert ALLOWED.allows(method, "/things/{id}", f"http://127.0.0.1{address}", body) is fits
