"""Certificates of a backend."""

import asyncio
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from console.connection.endpoint import trust
from console.connection.errors import explain
from shared.client import TaskdeckClient
from shared.errors import BackendUnreachableError


def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert trust("") is True
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
            async with TaskdeckClient(url, verify=trust("")) as client:
                await client.request("GET", "/health")
        trouble = explain(refused.value)
        assert "identity" in trouble.what
        assert "Certificate authority" in trouble.next_step
        async with TaskdeckClient(url, verify=trust(str(certificate))) as client:
            assert (await client.request("GET", "/health"))["status"] == "ok"
        other = url.replace("localhost", "127.0.0.1")
        with pytest.raises(BackendUnreachableError) as mismatched:
            async with TaskdeckClient(other, verify=trust(str(certificate))) as client:
                await client.request("GET", "/health")
        assert "another name" in explain(mismatched.value).why
