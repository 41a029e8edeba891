"""Sends one message over one channel."""

import asyncio

import httpcore  # noqa: F401
import httpx
from pydantic_core import from_json

from backend.alerts.formats import refusal, webhook_body
from backend.alerts.mail import DeliveryError, send_mail
from backend.alerts.model import ChannelConfig, OutgoingAlert
from backend.faults.model import ITEM_ERRORS, cause_of
from backend.settings import Settings
from shared.models.alert import ChannelKind

__all__ = ["DeliveryError", "new_http_client", "send_alert"]

# httpx imports httpcore when its first client is made, which is on the event loop.

TIMEOUT_SECONDS = 10.0
"""Webhooks of chats answer within a second; a receiver that takes longer is tried again later."""


_TOTAL_SECONDS = 30.0
"""A receiver that sends its answer byte by byte is given up after this time."""
_MOST_ANSWER_BYTES = 65_536
"""The answers of chats have a few hundred bytes; the rest of a longer one is not read."""


async def new_http_client() -> httpx.AsyncClient:
    """Return a client for webhooks; the caller closes it. The certificates of authorities are read in a thread."""
    tls = await asyncio.to_thread(httpx.create_ssl_context)
    return httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, verify=tls)


async def send_alert(http: httpx.AsyncClient, settings: Settings, channel: ChannelConfig, alert: OutgoingAlert) -> None:
    """Send a message; raises `DeliveryError`. The console needs no delivery."""
    if channel.kind is ChannelKind.WEBHOOK:
        await _post(http, channel, alert)
    elif channel.kind is ChannelKind.EMAIL:
        try:
            await asyncio.to_thread(send_mail, settings, channel.recipients, title=alert.title, detail=alert.detail)
        except ITEM_ERRORS as error:
            raise DeliveryError(cause_of(error)) from error


async def _post(http: httpx.AsyncClient, channel: ChannelConfig, alert: OutgoingAlert) -> None:
    try:
        body = webhook_body(channel.format, alert, template=channel.template)
        async with (
            asyncio.timeout(_TOTAL_SECONDS),
            http.stream("POST", channel.url or "", json=body, headers=dict(channel.headers)) as answer,
        ):
            if not answer.is_success:
                raise DeliveryError(f"HTTP {answer.status_code} {answer.reason_phrase}")
            content = await _first_bytes(answer)
    except TimeoutError as error:
        raise DeliveryError(f"The receiver did not answer within {_TOTAL_SECONDS:g} s.") from error
    except (httpx.HTTPError, httpx.InvalidURL, *ITEM_ERRORS) as error:
        raise DeliveryError(cause_of(error)) from error
    try:
        reason = refusal(from_json(content))
    except ValueError:
        return
    if reason is not None:
        raise DeliveryError(reason)


async def _first_bytes(answer: httpx.Response) -> bytes:
    content = b""
    async for part in answer.aiter_bytes(_MOST_ANSWER_BYTES):
        content += part
        if len(content) >= _MOST_ANSWER_BYTES:
            break
    return content
