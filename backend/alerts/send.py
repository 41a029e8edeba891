"""Sends one message over one channel."""

import asyncio

import httpx

from backend.alerts.formats import refusal, webhook_body
from backend.alerts.mail import DeliveryError, send_mail
from backend.alerts.model import ChannelConfig, OutgoingAlert
from backend.settings import Settings
from shared.models.alert import ChannelKind

__all__ = ["TIMEOUT_SECONDS", "DeliveryError", "send_alert"]

TIMEOUT_SECONDS = 10.0
"""Webhooks of chats answer within a second; a receiver that takes longer is tried again later."""


async def send_alert(http: httpx.AsyncClient, settings: Settings, channel: ChannelConfig, alert: OutgoingAlert) -> None:
    """Send a message; raises `DeliveryError`. The console needs no delivery."""
    if channel.kind is ChannelKind.WEBHOOK:
        await _post(http, channel, alert)
    elif channel.kind is ChannelKind.EMAIL:
        await asyncio.to_thread(send_mail, settings, channel.recipients, title=alert.title, detail=alert.detail)


async def _post(http: httpx.AsyncClient, channel: ChannelConfig, alert: OutgoingAlert) -> None:
    body = webhook_body(channel.format, alert, template=channel.template)
    try:
        answer = await http.post(channel.url or "", json=body, headers=dict(channel.headers))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise DeliveryError(f"{type(error).__name__}: {error}") from error
    if not answer.is_success:
        raise DeliveryError(f"HTTP {answer.status_code} {answer.reason_phrase}")
    try:
        reason = refusal(answer.json())
    except ValueError:
        return
    if reason is not None:
        raise DeliveryError(reason)
