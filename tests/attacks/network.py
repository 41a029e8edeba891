"""Somebody between a client and the backend, who reads, answers or changes what passes."""

import asyncio
import os
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import httpx

from backend.accounts.setup import ensure_admin
from backend.app import Backend, open_backend, open_broker, open_database
from backend.broker.in_process import InProcessBroker
from backend.settings import Settings
from shared.client import TaskdeckClient
from shared.client.protection import trust
from shared.client.session import TokenAuth
from shared.enums import BackendRole
from shared.errors import BackendUnreachableError, ClearTextRefusedError, TaskdeckError
from tests.attacks.servers import Servers
from tests.attacks.table import Actor, Attacks
from tests.attacks.target import PASSWORD
from tests.certificates import Authority

NETWORK = Attacks["Wire"]()
_TOKEN = "tdk_a-token-of-the-test"


@dataclass
class Wire:
    """A backend with TLS for `localhost`, and its authority."""

    url: str
    authority: Authority
    folder: Path
    heard: bytearray = field(default_factory=bytearray)

    @property
    def port(self) -> int:
        port = httpx.URL(self.url).port
        assert port is not None
        return port

    def client(self, port: int, *, host: str = "localhost", scheme: str = "https") -> TaskdeckClient:
        """Return the client of the console and the command line, which trusts the authority."""
        return TaskdeckClient(f"{scheme}://{host}:{port}", auth=TokenAuth(_TOKEN), tls=trust(str(self.authority.file)))


@asynccontextmanager
async def wire(servers: Servers) -> AsyncIterator[Wire]:
    authority = Authority(servers.folder / "authority")
    issued = authority.issue("localhost")
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(servers.database())
        settings = Settings(database_url=url, tls_certificate=issued.certificate, tls_key=issued.key)
        database = await stack.enter_async_context(open_database(settings, url))
        broker = await stack.enter_async_context(open_broker(settings, InProcessBroker()))
        backend = Backend(settings, database, broker, roles=frozenset({BackendRole.API}))
        await ensure_admin(backend.context, PASSWORD)
        await stack.enter_async_context(open_backend(backend, host="127.0.0.1", port=0, is_local=False))
        yield Wire(backend.url.replace("127.0.0.1", "localhost"), authority, servers.folder)


@asynccontextmanager
async def between(wire: Wire, certificate: ssl.SSLContext | None, answer: bytes) -> AsyncIterator[int]:
    """Listen as the attacker, note all that is heard, and answer everything; yield the port."""
    wire.heard.clear()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire.heard += await reader.read(65_536)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certificate)
    async with server:
        yield server.sockets[0].getsockname()[1]


def presented(authority: Authority, *names: str) -> ssl.SSLContext:
    """Return the attacker's side of TLS with a certificate of this authority."""
    issued = authority.issue(*names, to="attacker")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.certificate, issued.key)
    return context


async def expect_nothing_sent(wire: Wire, port: int, *, host: str = "localhost") -> None:
    """Sign in and read as a client does, and check that the attacker heard neither password nor token."""
    async with wire.client(port, host=host) as client:
        for request in (client.login("admin", PASSWORD), client.list_workers()):
            try:
                await request
            except BackendUnreachableError:
                continue
            raise AssertionError("the client talked to the attacker")
    assert PASSWORD.encode() not in wire.heard
    assert _TOKEN.encode() not in wire.heard


@NETWORK.attack(Actor.NETWORK, "answers with a certificate of another authority", gets="no byte of a password or token")
async def foreign_authority(wire: Wire) -> None:
    other = Authority(wire.folder / "other")
    async with between(wire, presented(other, "localhost"), b"") as port:
        await expect_nothing_sent(wire, port)


@NETWORK.attack(Actor.NETWORK, "answers with a real certificate of another name", gets="no byte of a password or token")
async def another_name(wire: Wire) -> None:
    async with between(wire, presented(wire.authority, "other.example"), b"") as port:
        await expect_nothing_sent(wire, port)


@NETWORK.attack(Actor.NETWORK, "answers without TLS where TLS is expected", gets="a TLS hello, and the end")
async def no_tls(wire: Wire) -> None:
    async with between(wire, None, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as port:
        await expect_nothing_sent(wire, port)


@NETWORK.attack(Actor.NETWORK, "redirects a client to an address in clear", gets="nothing: redirects are not followed")
async def redirected(wire: Wire) -> None:
    async with between(wire, None, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as clear:
        heard = wire.heard
        answer = f"HTTP/1.1 307 Moved\r\nLocation: http://localhost:{clear}/\r\nContent-Length: 0\r\n\r\n".encode()
        context = presented(wire.authority, "localhost")

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(65_536)
            writer.write(answer)
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        async with server, wire.client(server.sockets[0].getsockname()[1]) as client:
            try:
                await client.login("admin", PASSWORD)
            except TaskdeckError:
                pass
            else:
                raise AssertionError("a redirect was taken for an answer")
        assert bytes(heard) == b""


@NETWORK.attack(Actor.NETWORK, "asks the API's port in clear, or with TLS 1.1 and older", gets="no answer of the API")
async def downgraded(wire: Wire) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    writer.write(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
    async with asyncio.timeout(15):
        said = await reader.read()
    writer.transport.abort()
    assert b"200 OK" not in said
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it is the subject
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", wire.port, ssl=old)
    except (ssl.SSLError, ConnectionError):
        return
    writer.transport.abort()
    raise AssertionError("the server speaks an old version of TLS")


@NETWORK.attack(Actor.NETWORK, "reads along on a connection with TLS", gets="ciphertext")
async def eavesdropped(wire: Wire) -> None:
    recorded = bytearray()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", wire.port)

        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(65_536):
                recorded.extend(data)
                target.write(data)
            target.close()

        await asyncio.gather(copy(reader, back), copy(there, writer), return_exceptions=True)

    server = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    async with server:
        async with wire.client(server.sockets[0].getsockname()[1]) as client:
            pair = await client.login("admin", PASSWORD)
        for secret in (PASSWORD, pair.access_token, pair.refresh_token):
            assert secret.encode() not in recorded
    assert len(recorded) > 1000


@NETWORK.attack(
    Actor.NETWORK,
    "waits for a client that is told an address in clear on another machine",
    gets="a refusal before anything is sent",
)
async def clear_address(wire: Wire) -> None:
    for url in ("http://deck.example:8420", "http://0.0.0.0:1", "http://10.0.0.1", "http://localhost.evil.example"):
        try:
            TaskdeckClient(url, auth=TokenAuth(_TOKEN))
        except ClearTextRefusedError:
            continue
        raise AssertionError(f"{url} is used in clear")


@NETWORK.attack(
    Actor.NETWORK,
    "is the proxy that the environment names, and waits for the token of a local backend",
    gets="nothing: this machine is called itself",
)
async def proxied(wire: Wire) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    async with between(wire, None, answer) as port:
        named = dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"), f"http://127.0.0.1:{port}")
        with patch.dict(os.environ, named):
            async with wire.client(1, host="127.0.0.1", scheme="http") as client:
                with suppress(TaskdeckError):
                    await client.list_workers()
        assert bytes(wire.heard) == b""
