"""Sends e-mail through the server of `TASKDECK_SMTP_URL`."""

import smtplib
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import unquote, urlsplit

from backend.settings import Settings

_TIMEOUT_SECONDS = 10.0
"""For each step of the conversation with the server."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class DeliveryError(Exception):
    """A message was not delivered; the text is the reason."""


def send_mail(settings: Settings, recipients: Sequence[str], *, title: str, detail: str) -> None:
    """Send a message, over TLS if the server offers it; raises `DeliveryError`.

    A password is never sent unencrypted to another machine. Certificates are verified; `SSL_CERT_FILE` names other
    authorities.
    """
    if settings.smtp_url is None:
        raise DeliveryError(
            "No mail server is configured. Set TASKDECK_SMTP_URL, such as smtp://user:password@host:587."
        )
    parts = urlsplit(settings.smtp_url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    try:
        port = parts.port
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=_TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port or 25, timeout=_TIMEOUT_SECONDS)
        with server:
            server.ehlo()
            is_private = parts.scheme == "smtps" or host in _LOOPBACK
            if parts.scheme != "smtps" and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
                is_private = True
            if parts.username:
                if not is_private:
                    raise DeliveryError(
                        f"{host} offers no TLS: the password would be sent unencrypted. Use smtps:// or another port."
                    )
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(_message(settings.smtp_from, recipients, title, detail))
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise DeliveryError(f"{host}: {error}") from error


def _message(sender: str, recipients: Sequence[str], title: str, detail: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = f"[Taskdeck] {' '.join(title.split())}"  # a line break would begin another header
    message["From"] = sender
    message["To"] = ", ".join(recipients)
    # RFC 5322, 3.6: Date is required, Message-ID is expected of every message.
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="taskdeck.invalid")
    message.set_content(f"{title}\n\n{detail}\n")
    return message
