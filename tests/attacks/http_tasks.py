"""HTTP tasks that call what they must not, and servers that answer what they must not.

Nothing is sent to an address that is not this machine's: names are resolved by the attack, and a connector of its own
takes what would leave the machine.
"""

import asyncio
import gzip
import json
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any
from unittest.mock import patch

import httpx

from shared.enums import Role, RunStatus
from shared.models.run import Run
from tests.attacks.table import Actor, Attacks
from tests.attacks.target import SECRET, Target, refused
from tests.backend.worker.test_address_rules import METADATA, METADATA_6, notations_of

HTTP_TASKS = Attacks[Target]()
_TEST_NET = "192.0.2.1"
"""An address that leads nowhere (RFC 5737)."""


class Network:
    """What takes the place of everything beyond this machine."""

    def __init__(self, names: dict[str, list[list[str]]], answers: list[httpx.Response]) -> None:
        """`names` has the addresses of a name for each look-up."""
        self.names = names
        self.answers = answers
        self.sent: list[httpx.Request] = []

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Take every look-up of a name of the test, and every request to another machine."""
        look_up = asyncio.BaseEventLoop.getaddrinfo
        send = httpx.AsyncHTTPTransport.handle_async_request

        async def resolved(loop: asyncio.BaseEventLoop, host: Any, port: Any, **more: Any) -> list[Any]:
            if host not in self.names:
                return await look_up(loop, host, port, **more)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in self.names[host].pop(0)]

        async def connected(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
            if request.url.host in ("127.0.0.1", "::1"):
                return await send(transport, request)
            self.sent.append(request)
            return self.answers.pop(0)

        with (
            patch.object(asyncio.BaseEventLoop, "getaddrinfo", resolved),
            patch.object(httpx.AsyncHTTPTransport, "handle_async_request", connected),
        ):
            yield


def answer(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(b""))


async def call(target: Target, url: str, **command: Any) -> Run:
    """Return the run of a new task that calls a URL."""
    name = f"call {os.urandom(4).hex()}"
    return await target.system.run(name, executor="http", command=json.dumps({"url": url, **command}))


@asynccontextmanager
async def server(*answers: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve these answers on this machine, one a connection; yield the URL and the requests."""
    left, requests = list(answers), []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        requests.append(head)
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()

    opened = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with opened:
        yield f"http://127.0.0.1:{opened.sockets[0].getsockname()[1]}", requests


@HTTP_TASKS.attack(
    Actor.OPERATOR, "calls the clouds' metadata addresses in every notation of IPv6", gets="a refusal; nothing is sent"
)
async def metadata(target: Target) -> None:
    hosts = [one for text in METADATA[:1] for one in notations_of(text)] + [*METADATA, *METADATA_6]
    urls = [f"http://[{host}]/latest/meta-data/" if ":" in host else f"http://{host}/" for host in dict.fromkeys(hosts)]
    network = Network({}, [])
    with network.installed():
        runs = await asyncio.gather(*(call(target, url) for url in urls))
    for url, run in zip(urls, runs, strict=True):
        assert run.status is RunStatus.FAILED, url
        assert "metadata addresses are refused" in (run.error or ""), (url, run.error)
    assert network.sent == []


@HTTP_TASKS.attack(
    Actor.OPERATOR,
    "writes a metadata address as a number, in octal, hexadecimal, or full-width digits",
    gets="a refusal; nothing is sent",
)
async def numeric(target: Target) -> None:
    network = Network({}, [])
    hosts = (
        "2852039166",
        "0xA9FEA9FE",
        "0251.0376.0251.0376",
        "169.254.43518",
        "0xa9.0xfe.0xa9.0xfe",
        "169.254.169.254.",
        "１６９.254.169.254",
        "169。254。169。254",
        "user:pw@169.254.169.254",
        "a@b@169.254.169.254",
    )
    with network.installed():
        for host in hosts:
            made = await target.send(
                "POST",
                "/api/tasks",
                by=Role.OPERATOR,
                json={"name": f"numeric {host}", "executor": "http", "command": json.dumps({"url": f"http://{host}/"})},
            )
            if made.status_code != 201:
                refused(made, 422)
                continue
            started = await target.system.client.trigger_task(made.json()["data"]["id"])
            run = await target.system.finished(started.id)
            assert run.status is RunStatus.FAILED
            assert any(word in (run.error or "") for word in ("are refused", "cannot be resolved", "not valid")), (
                run.error
            )
    assert network.sent == []


@HTTP_TASKS.attack(
    Actor.NETWORK,
    "answers a second look-up of a name with another address (rebinding)",
    gets="one look-up, whose address is called",
)
async def rebinding(target: Target) -> None:
    network = Network({"rebinding.test": [[_TEST_NET], ["169.254.169.254"]]}, [answer(200)])
    with network.installed():
        run = await call(target, "http://rebinding.test/")
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert [(one.url.host, one.headers["host"]) for one in network.sent] == [(_TEST_NET, "rebinding.test")]
    assert network.names["rebinding.test"] == [["169.254.169.254"]]


@HTTP_TASKS.attack(Actor.NETWORK, "gives a name a good address and a bad one", gets="a refusal of both")
async def two_addresses(target: Target) -> None:
    network = Network({"two.test": [[_TEST_NET, "100.100.100.200"]]}, [])
    with network.installed():
        run = await call(target, "http://two.test/")
    assert "two.test is 100.100.100.200" in (run.error or "")
    assert network.sent == []


@HTTP_TASKS.attack(
    Actor.NETWORK, "redirects to a metadata address, a file, or for ever", gets="a refusal, and a failed run"
)
async def redirects(target: Target) -> None:
    for location in (
        "http://169.254.169.254/",
        "http://[::ffff:169.254.169.254]/",
        "//169.254.169.254/x",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://inside.test/",
        "http://[",
        "\\\\169.254.169.254\\x",
    ):
        network = Network(
            {"outside.test": [[_TEST_NET]] * 9, "inside.test": [["fd00:ec2::254"]]},
            [answer(302, location=location), *[answer(404)] * 6],
        )
        with network.installed():
            run = await call(target, "http://outside.test/")
        assert run.status is RunStatus.FAILED, location
        assert {one.url.host for one in network.sent} == {_TEST_NET}, location
    network = Network({"outside.test": [[_TEST_NET]] * 50}, [answer(302, location="/again") for _ in range(50)])
    with network.installed():
        run = await call(target, "http://outside.test/")
    assert "redirected more than" in (run.error or "")
    assert len(network.sent) < 10


@HTTP_TASKS.attack(
    Actor.NETWORK,
    "redirects to another origin, to collect credentials and the body",
    gets="neither, also from https to http",
)
async def credentials(target: Target) -> None:
    headers = {
        "Authorization": "Bearer hidden",
        "Cookie": "hidden",
        "X-Api-Key": "hidden",
        "Proxy-Authorization": "hidden",
    }
    for place in ("http://outside.test/x", "https://other.test/x", "https://outside.test:8443/x"):
        names = {"outside.test": [[_TEST_NET]] * 4, "other.test": [["192.0.2.9"]]}
        for status in (302, 307, 308):
            network = Network(dict(names), [answer(status, location=place), answer(200)])
            with network.installed():
                await call(target, "https://outside.test/", method="POST", headers=headers, body={"hidden": 1})
            first, *followed = network.sent
            assert first.headers["authorization"] == "Bearer hidden"
            for second in followed:
                sent = repr(second.headers.raw) + second.content.decode()
                assert "hidden" not in sent, (place, status)
            names = {"outside.test": [[_TEST_NET]] * 4, "other.test": [["192.0.2.9"]]}


@HTTP_TASKS.attack(
    Actor.LOCAL_USER, "sets a proxy in the worker's environment", gets="nothing: the address is called itself"
)
async def proxy(target: Target) -> None:
    settings = {
        name: "http://127.0.0.1:9"
        for word in ("http", "https", "all")
        for name in (f"{word}_proxy", f"{word.upper()}_PROXY")
    }
    network = Network({"direct.test": [[_TEST_NET]]}, [answer(200)])
    with patch.dict(os.environ, settings), network.installed():
        run = await call(target, "http://direct.test/")
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert [one.url.host for one in network.sent] == [_TEST_NET]


@HTTP_TASKS.attack(
    Actor.OPERATOR,
    "writes CRLF into a header, the method or the address, or another scheme",
    gets="422, or a failed run",
)
async def injected_requests(target: Target) -> None:
    async with server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (url, requests):
        commands: list[dict[str, Any]] = [
            {"url": url, "headers": {"X": "a\r\nInjected: yes"}},
            {"url": url, "headers": {"X\r\nInjected": "yes"}},
            {"url": url, "method": "GET / HTTP/1.1\r\nInjected: yes\r\n\r\nGET"},
            {"url": f"{url}/ HTTP/1.1\r\nInjected: yes\r\n"},
            {"url": url, "headers": {"Content-Length": "5", "Transfer-Encoding": "chunked"}},
            {"url": url, "headers": {"Host": "other\r\nInjected: yes"}},
            *(
                {"url": other}
                for other in ("file:///etc/passwd", "gopher://a/", "ftp://a/", "http://", "http://[", "//a", "")
            ),
        ]
        for number, command in enumerate(commands):
            body = {"name": f"injected {number}", "executor": "http", "command": json.dumps(command)}
            refused(await target.send("POST", "/api/tasks", by=Role.OPERATOR, json=body), 422)
        secret = json.dumps({"url": f"{url}/${{secret:API}}", "headers": {"X": "${secret:API}\r\nInjected: yes"}})
        body = {"name": "injected secret", "executor": "http", "command": secret}
        refused(await target.send("POST", "/api/tasks", by=Role.OPERATOR, json=body), 422)
    assert requests == []


@HTTP_TASKS.attack(Actor.NETWORK, "answers without end, or with a compressed bomb", gets="the first 1 MiB of it")
async def endless_answers(target: Target) -> None:
    bomb = gzip.compress(b"a" * 50_000_000, compresslevel=9)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    plain = b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" + b"a" * 5_000_000
    for sent in (head + bomb, plain):
        async with server(sent) as (url, _):
            run = await call(target, url)
        assert run.status is RunStatus.SUCCEEDED, run.error
        assert "its rest was not read" in (run.stderr_tail or "")


@HTTP_TASKS.attack(Actor.NETWORK, "answers with what breaks parsers", gets="a failed run with one line of reason")
async def hostile_answers(target: Target) -> None:
    for sent in (
        b"",
        b"\x00" * 100,
        b"HTTP/1.1 200",
        b"HTTP/1.1 999999 \r\n\r\n",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 302 Found\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 300_000,
    ):
        async with server(sent) as (url, _):
            run = await call(target, url)
        assert run.status is RunStatus.FAILED, (sent[:40], run.status)
        assert run.error
        assert "\n" not in run.error
        assert len(run.error) < 2000


@HTTP_TASKS.attack(Actor.VIEWER, "reads a secret from the error of a call that failed", gets="***")
async def secret_in_error(target: Target) -> None:
    run = await call(target, "http://[::1]:1/${secret:API}", headers={"X": "${secret:API}"})
    assert run.status is RunStatus.FAILED
    shown = await target.send("GET", f"/api/runs/{run.id}", by=Role.VIEWER)
    assert "***" in shown.text
    assert SECRET not in shown.text
    assert SECRET.split("/")[0] not in shown.text
