"""Requests that are oversized, slow, deep or ambiguous; over raw sockets where a client would mend them."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator

from shared.enums import Role
from tests.attacks.table import Actor, Attacks
from tests.attacks.target import Target, free_loop, refused

REQUESTS = Attacks[Target]()
_GET = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
_JSON = {"Content-Type": "application/json"}
_NOOP = {"name": "one", "executor": "noop"}


def start_slow_attacks(target: Target) -> None:
    """Begin what waits for a limit of time."""
    token = target.people[Role.OPERATOR].token.encode()
    post = b"POST /api/tasks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + b"\r\n"
    target.slow["head"] = asyncio.create_task(trickled(target, _GET))
    target.slow["silence"] = asyncio.create_task(target.raw(b"", seconds=60))
    target.slow["body"] = asyncio.create_task(target.raw(post + b"Content-Length: 9000\r\n\r\n{", seconds=60))
    target.slow["chunks"] = asyncio.create_task(
        target.raw(post + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{", seconds=60)
    )


async def trickled(target: Target, head: bytes) -> bytes:
    """Send a head byte by byte, one a second, and return what the server says to that."""
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    answer = asyncio.create_task(reader.read())
    try:
        for byte in head:
            writer.write(bytes([byte]))
            done, _ = await asyncio.wait([answer], timeout=1)
            if done:
                return answer.result()
        return b""
    finally:
        answer.cancel()
        writer.transport.abort()


def post(path: str, *headers: str, token: str = "", body: bytes = b"") -> bytes:
    """Return a request as it is written, with these headers alone."""
    lines = [f"POST {path} HTTP/1.1", "Host: a", *headers, *([f"Authorization: Bearer {token}"] if token else [])]
    return "\r\n".join([*lines, "", ""]).encode() + body


def first_lines(said: bytes) -> list[bytes]:
    """Return the first line of each answer on a connection."""
    return [
        line for line in said.replace(b"HTTP/1.1 ", b"\r\nHTTP/1.1 ").split(b"\r\n") if line.startswith(b"HTTP/1.1")
    ]


@REQUESTS.attack(
    Actor.STRANGER,
    "gives Content-Length with Transfer-Encoding, and hides a request in the body",
    gets="400, or one answer",
)
async def smuggled(target: Target) -> None:
    token = target.people[Role.ADMIN].token
    hidden = f"GET /api/users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    for headers in (
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", f"Content-Length: {len(hidden) + 5}"),
        ("Content-Length: 0", f"Content-Length: {len(hidden)}"),
        ("Transfer-Encoding: xchunked", "Content-Length: 5"),
        ("Transfer-Encoding: chunked, identity", "Content-Length: 5"),
        ("Transfer-Encoding : chunked", "Content-Length: 5"),
        ("Content-Length: +5",),
        ("Content-Length: 5_0",),
        ("Content-Length: -1",),
    ):
        said = await target.raw(post("/api/auth/login", "Connection: close", *headers, body=b"0\r\n\r\n" + hidden))
        lines = first_lines(said)
        assert len(lines) <= 1, (headers, lines)
        assert b'"username"' not in said, headers
        assert all(line.split()[1] in (b"400", b"401", b"413", b"422") for line in lines), (headers, lines)


@REQUESTS.attack(
    Actor.STRANGER,
    "ends lines with a bare LF, folds headers, puts NUL and blanks into names",
    gets="400, or an ordinary answer",
)
async def malformed_heads(target: Target) -> None:
    for head in (
        b"GET /api/users HTTP/1.1\nHost: a\n\n",
        b"GET /api/users HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\nConnection: close\r\n\r\n",
        b"GET /api/users HTTP/1.1\r\nHost: a\r\nA\x00uthorization: x\r\n\r\n",
        b"GET /api/users HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
        b"GET /api/users HTTP/9.9\r\nHost: a\r\n\r\n",
        b"GET  /api/users  HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET /api/users\r\n\r\n",
        b"\x00" * 100 + b"\r\n\r\n",
    ):
        lines = first_lines(await target.raw(head, seconds=15))
        assert len(lines) <= 1
        assert all(line.split()[1] in (b"400", b"401", b"404", b"505") for line in lines), (head, lines)


@REQUESTS.attack(Actor.STRANGER, "sends a header of 100 kB, with and without an end", gets="431")
async def large_header(target: Target) -> None:
    for end in (b"\r\n\r\n", b""):
        said = await target.raw(_GET + b"X-Long: " + b"a" * 100_000 + end)
        assert said.startswith(b"HTTP/1.1 431"), said[:60]


@REQUESTS.attack(Actor.STRANGER, "sends 1,000 headers", gets="431")
async def many_headers(target: Target) -> None:
    said = await target.raw(_GET + b"".join(b"X-%d: a\r\n" % number for number in range(1000)) + b"\r\n")
    assert said.startswith(b"HTTP/1.1 431"), said[:60]


@REQUESTS.attack(Actor.STRANGER, "asks for an address of 100 kB", gets="414 or 431")
async def long_address(target: Target) -> None:
    said = await target.raw(b"GET /api/tasks?q=" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    assert said.startswith((b"HTTP/1.1 414", b"HTTP/1.1 431")), said[:60]


@REQUESTS.attack(Actor.STRANGER, "fills an address with thousands of wrong parameters", gets="a shorter answer")
async def many_parameters(target: Target) -> None:
    unknown = "&".join(f"{number:x}" for number in range(6000))
    for address in (f"/health?{unknown}", f"/api/tasks?{unknown}", f"/api/tasks?{'&'.join(['q=%00'] * 4000)}"):
        answer = await target.send("GET", address)
        assert len(refused(answer, 422)["errors"]) <= 100
        assert len(answer.content) < len(address)


@REQUESTS.attack(
    Actor.STRANGER,
    "announces a large body, or one of unknown length, without a token",
    gets="401 before a byte is read",
)
async def large_body_of_a_stranger(target: Target) -> None:
    for headers in (("Content-Length: 900000",), ("Transfer-Encoding: chunked",), ("Content-Length: 30000000",)):
        for path in ("/api/tasks", "/api/tasks/apply", "/api/runs/batch", "/api/nothing"):
            said = await target.raw_answer(post(path, *headers))
            assert said.startswith((b"HTTP/1.1 401", b"HTTP/1.1 413")), (path, said[:60])


@REQUESTS.attack(Actor.OPERATOR, "sends more than a body may have, announced and in chunks", gets="413 at 1 MiB")
async def large_body(target: Target) -> None:
    token = target.people[Role.OPERATOR].token
    said = await target.raw_answer(post("/api/tasks", "Content-Length: 2000000", token=token))
    assert said.startswith(b"HTTP/1.1 413"), said[:60]

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65_536

    answer = await target.send("POST", "/api/tasks", by=Role.OPERATOR, content=endless(), headers=_JSON)
    refused(answer, 413)


@REQUESTS.attack(Actor.OPERATOR, "sends a compressed bomb", gets="422: nothing is unpacked")
async def compressed(target: Target) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    for coding in ("gzip", "deflate", "br", "gzip, gzip"):
        headers = {**_JSON, "Content-Encoding": coding}
        refused(await target.send("POST", "/api/tasks", by=Role.OPERATOR, content=bomb, headers=headers), 422)


@REQUESTS.attack(Actor.OPERATOR, "sends JSON that is 100,000 levels deep, or has numbers of 5,000 digits", gets="422")
async def deep(target: Target) -> None:
    bodies = ["[" * 100_000, '{"a":' * 100_000, '{"name": ' + "9" * 5000 + "}", '{"timeout_seconds": 1e999}']
    bodies += ['{"name": NaN}', '{"name": Infinity}', '{"name": "a', "", "null", "[]", '"text"', "\ufeff{}"]
    for body in bodies:
        for path in ("/api/tasks", "/api/schedules/preview", "/api/tasks/apply"):
            refused(await target.send("POST", path, by=Role.OPERATOR, content=body.encode(), headers=_JSON), 422)


@REQUESTS.attack(
    Actor.OPERATOR,
    "fills a megabyte with a thousand errors, NULs and unknown members",
    gets="at most 100 errors; the loop is not held",
)
async def many_errors(target: Target) -> None:
    count = 100_000
    bodies = (
        json.dumps({**_NOOP, "arguments": ["\x00"] * count}),
        json.dumps({**_NOOP, "labels": {f"\x00{number}": "" for number in range(count // 4)}}),
        json.dumps({**_NOOP, **{f"m{number}": 1 for number in range(count // 4)}}),
    )
    async with free_loop():
        for body in bodies:
            answer = await target.send("POST", "/api/tasks", by=Role.OPERATOR, content=body, headers=_JSON)
            errors = refused(answer, 422)["errors"]
            assert 1 <= len(errors) <= 100, len(errors)
            assert len(answer.content) < 100_000, len(answer.content)


@REQUESTS.attack(
    Actor.OPERATOR,
    "writes NUL, half of a surrogate pair, and control characters into every text",
    gets="422 that names the field",
)
async def unstorable(target: Target) -> None:
    for text in ("a\\u0000b", "a\\ud800b", "a\\u001b]0;x\\u0007", "a\\r\\nb", "a\\u202eb"):
        for field in ("name", "folder", "task_type"):
            body = json.dumps({**_NOOP, field: "MARK"}).replace("MARK", text)
            answer = await target.send("POST", "/api/tasks", by=Role.OPERATOR, content=body, headers=_JSON)
            assert [error["field"] for error in refused(answer, 422)["errors"]] == [field]


@REQUESTS.attack(
    Actor.STRANGER, "sends TRACE, CONNECT and methods that do not exist", gets="400, 401, 404 or 405, nothing mirrored"
)
async def other_methods(target: Target) -> None:
    for line in ("TRACE /health", "CONNECT a:80", "PROPFIND /api/tasks", "EVIL /health", "get /health"):
        said = await target.raw(
            f"{line} HTTP/1.1\r\nHost: a\r\nX-Mirror: mirrored\r\nConnection: close\r\n\r\n".encode()
        )
        assert said.split()[1] in (b"400", b"401", b"404", b"405"), (line, said[:60])
        assert b"mirrored" not in said


@REQUESTS.attack(
    Actor.STRANGER, "uses the API as a proxy: an absolute address, or another Host", gets="404; no connection is made"
)
async def as_a_proxy(target: Target) -> None:
    called: list[object] = []
    server = await asyncio.start_server(lambda *streams: called.append(streams), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        for line in (f"http://127.0.0.1:{port}/x", f"//127.0.0.1:{port}/x", f"/x@127.0.0.1:{port}"):
            said = await target.raw(
                f"GET {line} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
            )
            assert said.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")), (line, said[:60])
    assert called == []


@REQUESTS.attack(
    Actor.STRANGER, "asks for an upgrade to h2c or WebSocket, or begins with TLS or HTTP/2", gets="HTTP/1.1 or 400"
)
async def other_protocols(target: Target) -> None:
    for upgrade in ("h2c", "websocket", "TLS/1.2"):
        head = f"Upgrade: {upgrade}\r\nHTTP2-Settings: AAMAAABk\r\nSec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n"
        said = await target.raw(_GET.replace(b"close", b"Upgrade, close") + head.encode() + b"\r\n")
        assert said.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400")), said[:60]
    for sent in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
        assert (await target.raw(sent, seconds=15)).startswith(b"HTTP/1.1 400"), sent


@REQUESTS.attack(
    Actor.STRANGER,
    "forges lines of the log and headers of the answer by CRLF in an id or an address",
    gets="an id of the backend's; no such header",
)
async def crlf(target: Target) -> None:
    for given in ("a b", "<script>", "x" * 65, "a%0d%0aSet-Cookie: x=1", "${jndi}"):
        answer = await target.send("GET", "/health", headers={"X-Request-ID": given})
        assert answer.headers["X-Request-ID"] != given
        assert answer.headers["X-Request-ID"].isalnum()
    for path in ("/api/%0d%0aSet-Cookie:%20x=1", "/docs/%0aX:%20y", "/api/tasks/%0d%0a%0d%0a<html>"):
        answer = await target.send("GET", path, by=Role.VIEWER)
        refused(answer, 404, 422)
        assert "set-cookie" not in answer.headers
        assert "\n" not in answer.text


@REQUESTS.attack(
    Actor.STRANGER,
    "sends a hundred requests on a connection without reading an answer",
    gets="each one answer, in order",
)
async def pipelined(target: Target) -> None:
    open_end = _GET.replace(b"Connection: close\r\n", b"") + b"\r\n"
    said = await target.raw(open_end * 99 + _GET + b"\r\n")
    assert len(first_lines(said)) == 100
    assert {line.split()[1] for line in first_lines(said)} == {b"200"}


@REQUESTS.attack(Actor.STRANGER, "sends a head at one byte a second", gets="408 after 10 s")
async def slow_head(target: Target) -> None:
    assert (await target.slow["head"]).startswith(b"HTTP/1.1 408"), target.slow["head"].result()[:60]


@REQUESTS.attack(Actor.STRANGER, "connects and says nothing", gets="the end of the connection after 10 s")
async def silence(target: Target) -> None:
    assert await target.slow["silence"] == b""


@REQUESTS.attack(Actor.OPERATOR, "begins a body that never ends", gets="503 after 12 s, then the end of the connection")
async def slow_body(target: Target) -> None:
    for name in ("body", "chunks"):
        said = await target.slow[name]
        assert said.startswith(b"HTTP/1.1 503"), (name, said[:60])
