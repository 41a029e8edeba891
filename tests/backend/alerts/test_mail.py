"""Alerts by e-mail, to a mail server that speaks STARTTLS."""

import asyncio
import base64
import ipaddress
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from backend.alerts.mail import DeliveryError, send_mail
from backend.settings import Settings

ALERT = {"title": "nightly failed\nInjected: header", "detail": "Run 7: exit code 3"}


def certificate(folder: Path) -> Path:
    """Make a key and a certificate of its own for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@dataclass
class MailServer:
    """Takes mail; keeps what it was told, and what of it came over TLS."""

    tls: ssl.SSLContext | None
    port: int = 0
    logins: list[tuple[bool, str]] = field(default_factory=list)
    mails: list[tuple[bool, bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_tls = False
        writer.write(b"220 mail\r\n")
        while line := await reader.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    offers = [] if is_tls or self.tls is None else ["STARTTLS"]
                    lines = ["mail", *offers, "AUTH PLAIN"]
                    marks = ["-"] * (len(lines) - 1) + [" "]
                    said = (f"250{mark}{text}\r\n" for mark, text in zip(marks, lines, strict=True))
                    writer.write("".join(said).encode())
                case "STARTTLS" if self.tls is not None:
                    writer.write(b"220 go\r\n")
                    await writer.drain()
                    try:
                        await writer.start_tls(self.tls)
                    except (ssl.SSLError, ConnectionError):
                        break
                    is_tls = True
                case "AUTH":
                    self.logins.append((is_tls, base64.b64decode(rest.split()[1]).decode()))
                    writer.write(b"235 yes\r\n")
                case "DATA":
                    writer.write(b"354 go\r\n")
                    self.mails.append((is_tls, await reader.readuntil(b"\r\n.\r\n")))
                    writer.write(b"250 kept\r\n")
                case "QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                case _:
                    writer.write(b"250 ok\r\n")
            await writer.drain()
        writer.close()


@asynccontextmanager
async def mail_server(tls: ssl.SSLContext | None) -> AsyncIterator[MailServer]:
    taken = MailServer(tls)
    server = await asyncio.start_server(taken.serve, "127.0.0.1", 0)
    async with server:
        taken.port = server.sockets[0].getsockname()[1]
        yield taken


async def send(server: MailServer, *, host: str = "127.0.0.1") -> None:
    settings = Settings(smtp_url=f"smtp://ops:p%40ss@{host}:{server.port}", smtp_from="taskdeck@example.org")
    await asyncio.to_thread(send_mail, settings, ["a@example.org", "b@example.org"], **ALERT)


def context_of(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


async def test_a_mail_goes_over_tls_with_its_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    async with mail_server(context_of(path)) as server:
        await send(server)
    assert server.logins == [(True, "\0ops\0p@ss")]
    ((is_tls, content),) = server.mails
    assert is_tls
    message = message_from_bytes(content, policy=policy.default)
    assert message["Subject"] == "[Taskdeck] nightly failed Injected: header"
    assert abs(parsedate_to_datetime(message["Date"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert re.fullmatch(r"<[^@<>\s]+@taskdeck\.invalid>", message["Message-ID"])
    assert message["To"] == "a@example.org, b@example.org"
    assert message["Injected"] is None
    assert "Run 7: exit code 3" in message.as_string()


async def test_a_stranger_in_the_servers_place_gets_neither_password_nor_mail(tmp_path: Path) -> None:
    async with mail_server(context_of(certificate(tmp_path))) as server:
        with pytest.raises(DeliveryError, match="certificate verify failed"):
            await send(server)
    assert not server.logins
    assert not server.mails


async def test_a_password_is_not_sent_in_the_clear_to_another_machine() -> None:
    async with mail_server(None) as server:
        with pytest.raises(DeliveryError, match="unencrypted"):
            await send(server, host="127.1")
        await send(server)
    assert [is_tls for is_tls, _ in server.mails] == [False], "on this machine nobody listens"


async def test_an_address_that_cannot_be_is_a_delivery_that_failed() -> None:
    with pytest.raises(DeliveryError, match="Port"):
        await asyncio.to_thread(send_mail, Settings(smtp_url="smtp://mail:port"), ["a@example.org"], **ALERT)
