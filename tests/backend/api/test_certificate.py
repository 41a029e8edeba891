"""The API over TLS: what it serves, what it refuses, and how its certificate is renewed."""

import asyncio
import os
import shlex
import signal
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from fastapi import FastAPI

from backend.api.certificate import CertificateFiles, ServerCertificate
from backend.api.server import ApiServer, bind
from backend.cli import findings
from backend.settings import Settings
from backend.stop_signal import on_hangup
from shared.client.protection import trust
from shared.errors import StartupError
from tests.certificates import Authority, Certificate


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "certificates")


def files_of(issued: Certificate) -> CertificateFiles:
    files = CertificateFiles.of(Settings(tls_certificate=issued.certificate, tls_key=issued.key))
    assert files is not None
    return files


@asynccontextmanager
async def serving(certificate: ServerCertificate) -> AsyncIterator[int]:
    """Serve an application with one path, and yield the port."""
    app = FastAPI()

    @app.get("/health")
    async def health() -> str:
        return "ok"

    listening = bind("127.0.0.1", 0)
    server = ApiServer(app, listening, tls=certificate.context)
    assert server.url.startswith("https://127.0.0.1:")
    port: int = listening.getsockname()[1]
    await server.start()
    try:
        yield port
    finally:
        await server.stop()


async def serial_served(port: int, authority: Authority) -> int:
    """Return the serial number of the certificate that a new connection is shown."""
    _, writer = await asyncio.open_connection("localhost", port, ssl=trust(str(authority.file)))
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return x509.load_der_x509_certificate(shown).serial_number


def serial_of(issued: Certificate) -> int:
    return x509.load_pem_x509_certificate(issued.certificate.read_bytes()).serial_number


async def test_a_client_that_verifies_is_served_and_all_others_are_refused(
    authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger")
    async with serving(ServerCertificate(files_of(authority.issue("localhost")))) as port:
        async with httpx.AsyncClient(verify=trust(str(authority.file))) as http:
            assert (await http.get(f"https://localhost:{port}/health")).json() == "ok"
            with pytest.raises(httpx.ConnectError, match="not valid for '127"):
                await http.get(f"https://127.0.0.1:{port}/health")
            with pytest.raises(httpx.HTTPError):
                await http.get(f"http://localhost:{port}/health")
        for trusted in ("", str(stranger.file)):
            async with httpx.AsyncClient(verify=trust(trusted)) as http:
                with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                    await http.get(f"https://localhost:{port}/health")


async def test_protocols_older_than_tls_1_2_are_refused(authority: Authority) -> None:
    old = trust(str(authority.file))
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    async with serving(ServerCertificate(files_of(authority.issue("localhost")))) as port:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("localhost", port, ssl=old)


async def test_a_renewed_certificate_is_served_after_sighup_and_open_connections_go_on(authority: Authority) -> None:
    first = authority.issue("localhost")
    former = serial_of(first)
    certificate = ServerCertificate(files_of(first))
    watching = asyncio.create_task(certificate.run())
    on_hangup(certificate.request_reload)
    try:
        async with serving(certificate) as port, httpx.AsyncClient(verify=trust(str(authority.file))) as http:
            await http.get(f"https://localhost:{port}/health")
            assert await serial_served(port, authority) == former
            second = authority.issue("localhost")
            os.kill(os.getpid(), signal.SIGHUP)
            async with asyncio.timeout(10):
                await certificate.read_again.wait()
            assert await serial_served(port, authority) == serial_of(second) != former
            assert (await http.get(f"https://localhost:{port}/health")).is_success
    finally:
        watching.cancel()
        asyncio.get_running_loop().remove_signal_handler(signal.SIGHUP)


async def test_a_renewed_certificate_is_served_without_a_signal(authority: Authority) -> None:
    certificate = ServerCertificate(files_of(authority.issue("localhost")), check_seconds=0.01)
    watching = asyncio.create_task(certificate.run())
    try:
        async with serving(certificate) as port, asyncio.timeout(30):
            renewed = authority.issue("localhost")
            while await serial_served(port, authority) != serial_of(renewed):
                await certificate.read_again.wait()
                certificate.read_again.clear()
    finally:
        watching.cancel()


async def test_a_renewal_that_fails_half_way_keeps_the_former_certificate(authority: Authority) -> None:
    issued = authority.issue("localhost")
    former = serial_of(issued)
    files = files_of(issued)
    certificate = ServerCertificate(files)
    async with serving(certificate) as port:
        before = files.stamp()
        whole, key = issued.certificate.read_bytes(), issued.key.read_bytes()
        authority.issue("localhost")
        renewed = issued.certificate.read_bytes()
        issued.key.write_bytes(key)  # only the certificate is new
        assert files.stamp() != before
        assert not certificate.reload()
        assert await serial_served(port, authority) == former
        issued.certificate.unlink()
        assert not certificate.reload()
        issued.certificate.write_bytes(whole)
        assert certificate.reload()
        assert renewed != whole
        assert await serial_served(port, authority) == former


def test_what_is_wrong_with_the_files_is_said_at_the_start(authority: Authority, tmp_path: Path) -> None:
    issued = authority.issue("localhost")
    other = authority.issue("localhost", to="other")
    text = tmp_path / "text.pem"
    text.write_text("not PEM")
    locked = tmp_path / "locked.key"
    command = ["openssl", "pkey", "-in", str(issued.key), "-aes256", "-passout", "pass:secret", "-out", str(locked)]
    subprocess.run(command, check=True, capture_output=True)
    for certificate, key, words in (
        (tmp_path / "absent.pem", issued.key, r"TASKDECK_TLS_CERTIFICATE .*absent\.pem cannot be read: No such file"),
        (issued.certificate, tmp_path / "absent.key", r"TASKDECK_TLS_KEY .*absent\.key cannot be read"),
        (issued.certificate, tmp_path, r"TASKDECK_TLS_KEY .* cannot be read: Is a directory"),
        (issued.certificate, other.key, r"other\.key does not belong to the certificate .*server\.pem"),
        (text, issued.key, r"text\.pem .* cannot be used"),
        (issued.certificate, None, r"in the same file cannot be used"),
        (issued.certificate, locked, r"locked\.key has a password"),
    ):
        files = CertificateFiles.of(Settings(tls_certificate=certificate, tls_key=key))
        assert files is not None
        with pytest.raises(StartupError, match=words):
            files.context()
    with pytest.raises(StartupError, match="TASKDECK_TLS_KEY is set without"):
        CertificateFiles.of(Settings(tls_key=issued.key))
    assert CertificateFiles.of(Settings()) is None


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        (0o644, "every user of this machine can read it"),
        (0o444, "every user of this machine can read it"),
        (0o660, "its whole group can change it"),
        (0o640, None),
        (0o440, None),
    ],
)
def test_a_key_must_be_private(authority: Authority, tmp_path: Path, mode: int, why: str | None) -> None:
    issued = authority.issue("localhost")
    both = tmp_path / "both.pem"
    both.write_bytes(issued.certificate.read_bytes() + issued.key.read_bytes())
    for setting, file, settings in (
        ("TASKDECK_TLS_KEY", issued.key, Settings(tls_certificate=issued.certificate, tls_key=issued.key)),
        ("TASKDECK_TLS_CERTIFICATE", both, Settings(tls_certificate=both)),
    ):
        file.chmod(mode)
        files = CertificateFiles.of(settings)
        assert files is not None
        if why is not None:
            with pytest.raises(StartupError, match=f"{setting} names {file}, which is not private: {why}") as refused:
                files.context()
            subprocess.run(shlex.split(refused.value.detail.partition("Run: ")[2]), check=True)
        files.context()


def test_a_renewed_key_that_others_can_read_changes_nothing(authority: Authority) -> None:
    issued = authority.issue("localhost")
    certificate = ServerCertificate(CertificateFiles(issued.certificate, issued.key))
    issued.key.chmod(0o644)
    assert not certificate.reload()
    issued.key.chmod(0o600)
    assert certificate.reload()


def test_an_expired_certificate_is_a_warning(authority: Authority, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    expired = files_of(authority.issue("localhost", expires_at=now - timedelta(days=1)))

    async def start() -> None:
        ServerCertificate(expired)

    asyncio.run(start())
    assert "has expired" in capsys.readouterr().out
    assert findings.certificate(expired.expires_at(), now=now).state == "problem"
    assert findings.certificate(now + timedelta(days=3), now=now).state == "warning"
    assert findings.certificate(now + timedelta(days=60), now=now).state == "ok"
