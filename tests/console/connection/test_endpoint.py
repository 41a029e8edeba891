"""Certificates of a backend."""

import asyncio
import shutil
import ssl
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from console.connection.endpoint import RemoteEndpoint, TokenEndpoint
from console.connection.errors import explain
from shared.client import TaskdeckClient
from shared.client.protection import sends_in_clear, trust
from shared.errors import BackendUnreachableError, ClearTextRefusedError
from shared.models.auth import TokenPair


def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.pem", tmp_path / "empty.pem"):
        if path.name == "empty.pem":
            path.touch()
        with pytest.raises(BackendUnreachableError, match=path.name):
            trust(str(path))


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that signs itself, and its key beside it."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed")
    made = tmp_path / "own.pem"
    command = [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(tmp_path / "own.key"), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made


async def test_a_certificate_of_ones_own_is_refused_until_its_authority_is_named(certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, certificate.with_suffix(".key"))
    body = b'{"status": "ok", "version": "1", "data": []}'

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
        writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    url = f"https://localhost:{server.sockets[0].getsockname()[1]}"
    async with server:
        with pytest.raises(BackendUnreachableError) as refused:
            async with TaskdeckClient(url, tls=trust("")) as client:
                await client.request("GET", "/health")
        trouble = explain(refused.value)
        assert "identity" in trouble.what
        assert "Certificate authority" in trouble.next_step
        async with TaskdeckClient(url, tls=trust(str(certificate))) as client:
            assert (await client.request("GET", "/health"))["status"] == "ok"
        other = url.replace("localhost", "127.0.0.1")
        with pytest.raises(BackendUnreachableError) as mismatched:
            async with TaskdeckClient(other, tls=trust(str(certificate))) as client:
                await client.request("GET", "/health")
        assert "another name" in explain(mismatched.value).why


@pytest.mark.parametrize(
    ("url", "is_in_clear"),
    [
        ("https://taskdeck.example", False),
        ("http://taskdeck.example", True),
        ("http://localhost:8420", False),
        ("http://127.8.9.1", False),
        ("http://[::1]:8420", False),
        ("http://[::ffff:127.0.0.1]:8420", False),
        ("http://localhost.evil.example", True),
        ("http://127.0.0.1.evil.example", True),
        ("http://127.0.0.1@evil.example", True),
        ("http://0.0.0.0:8420", True),
        ("taskdeck.example", True),
    ],
)
def test_which_addresses_others_can_read_along(url: str, is_in_clear: bool) -> None:
    assert sends_in_clear(url) is is_in_clear


PAIR = TokenPair(access_token="a", refresh_token="r", expires_in=1)


@pytest.mark.parametrize(
    "endpoint", [RemoteEndpoint("http://taskdeck.example", PAIR), TokenEndpoint("http://taskdeck.example", "token")]
)
async def test_no_token_is_sent_in_clear_unless_the_person_allows_it(endpoint: RemoteEndpoint | TokenEndpoint) -> None:
    with pytest.raises(ClearTextRefusedError) as refused:
        endpoint.open()
    assert "not encrypted" in explain(refused.value).what
    async with replace(endpoint, allows_http=True).open() as client:
        assert client.base_url == "http://taskdeck.example"
