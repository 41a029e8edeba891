"""Sends an alert by e-mail."""

import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from backend.settings import Settings

_TIMEOUT_SECONDS = 10.0
_OF_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class DeliveryError(Exception):
    """A message did not get through; says why."""


def mail(settings: Settings, recipients: Sequence[str], alert: Mapping[str, Any]) -> None:
    """Send a message through the mail server of the settings, over TLS where it offers that; raises `DeliveryError`.

    A password is never sent in the clear to another machine. Certificates are verified (SSL_CERT_FILE names others).
    """
    if settings.smtp_url is None:
        raise DeliveryError("no mail server is set; set TASKDECK_SMTP_URL, such as smtp://user:password@host:587")
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
            is_private = parts.scheme == "smtps" or host in _OF_THIS_MACHINE
            if parts.scheme != "smtps" and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
                is_private = True
            if parts.username:
                if not is_private:
                    raise DeliveryError(
                        f"{host} offers no TLS, and the password would go in the clear; use smtps:// or another port"
                    )
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(_message(settings.smtp_from, recipients, alert))
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise DeliveryError(f"{host}: {error}") from error


def _message(sender: str, recipients: Sequence[str], alert: Mapping[str, Any]) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = f"[Taskdeck] {' '.join(str(alert['title']).split())}"
    message["From"] = sender
    message["To"] = ", ".join(recipients)
    message.set_content(f"{alert['title']}\n\n{alert['detail']}\n")
    return message
