"""Delivers alerts over their channels, tries again, and keeps what came of it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import structlog

from backend.alerts import rows as store
from backend.alerts.formats import refusal, webhook_body
from backend.alerts.grouping import delivery_delay
from backend.alerts.mail import DeliveryError, mail
from backend.context import ServiceContext
from backend.events.wakes import WakeReason
from backend.settings import Settings
from shared.errors import DatabaseUnavailableError
from shared.models.alert import ChannelKind, WebhookFormat

_LOOK_SECONDS = 5.0
"""The shortest delay before a delivery is tried again; new alerts are told."""
_TIMEOUT_SECONDS = 10.0

log = structlog.get_logger()


class AlertSender:
    """Runs on the replica that leads."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._wakes = context.signals.subscribe(WakeReason.ALERT_RAISED)

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False) as http:
            while True:
                await self._wakes.wait(timeout_seconds=_LOOK_SECONDS)
                if self._context.signals.is_leader:
                    try:
                        while await self._deliver_due(http):
                            pass
                    except DatabaseUnavailableError as error:
                        log.warning("alerts wait for the database", cause=error.detail)

    async def _deliver_due(self, http: httpx.AsyncClient) -> bool:
        async with self._context.database.transaction() as connection:
            claimed = await store.claim_deliveries(connection)
        for row in claimed:
            error: str | None = None
            delay = None
            try:
                if row["kind"] is None:
                    raise DeliveryError(f"channel {row['channel']} was deleted")
                await send(http, self._context.settings, row["kind"], row["config"], _alert(row))
            except DeliveryError as problem:
                error = str(problem)
                delay = delivery_delay(row["attempts"]) if row["kind"] is not None else None
                log.warning("an alert was not delivered", channel=row["channel"], cause=error, again=delay)
            async with self._context.database.transaction() as connection:
                await store.record_delivery(connection, row["id"], error=error, delay=delay)
        return bool(claimed)


def _alert(row: Mapping[Any, Any]) -> dict[str, Any]:
    names = ("rule", "condition", "message", "task_id", "task_name", "run_id", "count", "title", "detail")
    return {name: row[name] for name in names} | {"at": row["at"].isoformat()}


async def send(
    http: httpx.AsyncClient, settings: Settings, kind: str, config: Mapping[str, Any], alert: Mapping[str, Any]
) -> None:
    """Send one message over a channel; raises `DeliveryError`."""
    if kind == ChannelKind.WEBHOOK:
        await _post(http, config, alert)
    elif kind == ChannelKind.EMAIL:
        await asyncio.to_thread(mail, settings, config["recipients"], alert)


async def _post(http: httpx.AsyncClient, config: Mapping[str, Any], alert: Mapping[str, Any]) -> None:
    body = webhook_body(WebhookFormat(config["format"]), alert, template=config.get("template"))
    try:
        answer = await http.post(config["url"], json=body, headers=config.get("headers") or {})
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise DeliveryError(f"{type(error).__name__}: {error}") from error
    if not answer.is_success:
        raise DeliveryError(f"HTTP {answer.status_code} {answer.reason_phrase}")
    try:
        why = refusal(answer.json())
    except ValueError:
        return
    if why is not None:
        raise DeliveryError(why)
