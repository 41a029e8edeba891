"""Delivers alerts over their channels, with retries, and stores the results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import structlog
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.alerts.channels import channel_config, unreadable_channel
from backend.alerts.delivery_delay import delivery_delay
from backend.alerts.model import ChannelConfig, OutgoingAlert
from backend.alerts.send import DeliveryError, new_http_client, send_alert
from backend.context import ServiceContext
from backend.database.metric_counts import add_counts
from backend.encryption.stored_values import StoredValues
from backend.events.wakes import WakeReason
from backend.faults.model import ITEM_ERRORS
from backend.faults.store import store_faults
from backend.metric_kinds import CountKind
from shared.errors import DatabaseUnavailableError

log = structlog.get_logger()

# The deliveries that are due, oldest first. A claim lasts a minute: if the replica dies, another one delivers then.
CLAIM = text(
    """
    with claimed as (
        update alert_deliveries set attempts = attempts + 1, next_try_at = now() + interval '1 minute'
        where id in (
            select id from alert_deliveries where status = 'pending' and next_try_at <= now()
            order by next_try_at limit 20 for update skip locked)
        returning *
    )
    select d.id, d.attempts, a.at, a.rule, a.condition, a.message, a.task_id, a.task_name, a.run_id,
        a.count as events, a.title, a.detail, c.kind, c.config, d.channel
    from claimed d join alerts a on a.id = d.alert_id left join alert_channels c on c.name = d.channel
    """
)

SENT = text("update alert_deliveries set status = 'sent', sent_at = now(), error = null where id = :id")

# Without a delay the delivery has failed for good.
NOT_SENT = text(
    """
    update alert_deliveries set error = :error,
        status = case when cast(:delay as interval) is null then 'failed' else 'pending' end,
        next_try_at = coalesce(now() + cast(:delay as interval), next_try_at)
    where id = :id
    """
)
_MOST_ERROR_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A message for one channel; without a `channel`, `problem` says why it cannot be delivered."""

    id: int
    attempts: int
    channel_name: str
    channel: ChannelConfig | None
    problem: str
    alert: OutgoingAlert


@dataclass(frozen=True, slots=True)
class AlertsDelivered:
    """One pass: how many deliveries succeeded and failed."""

    sent: int
    failed: int


class AlertSender:
    """Delivers on the leading replica: when an alert is raised, and when a retry is due."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._interval = timedelta(seconds=context.settings.alert_interval_seconds)
        self._wakes = context.signals.subscribe(WakeReason.ALERT_RAISED)

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with await new_http_client() as http:
            while True:
                await self._wakes.wait(timeout_seconds=self._interval.total_seconds())
                if self._context.signals.is_leader:
                    try:
                        while await self._deliver_due(http):
                            pass
                    except DatabaseUnavailableError as error:
                        log.warning("Alerts wait for the database.", cause=error.detail)

    async def _deliver_due(self, http: httpx.AsyncClient) -> bool:
        """Deliver one batch; return whether there was any."""
        async with self._context.database.transaction() as connection:
            claimed = await claim_deliveries(connection, self._context.stored_values)
        sent = 0
        for delivery in claimed:
            sent += await self._deliver(http, delivery)
        if claimed:
            self._context.passes.record(AlertsDelivered(sent, len(claimed) - sent))
        return bool(claimed)

    async def _deliver(self, http: httpx.AsyncClient, delivery: ClaimedDelivery) -> bool:
        error: str | None = None
        delay: timedelta | None = None
        try:
            if delivery.channel is None:
                raise DeliveryError(delivery.problem)
            await send_alert(http, self._context.settings, delivery.channel, delivery.alert)
        except DeliveryError as problem:
            error = str(problem)
            if delivery.channel is not None:
                delay = delivery_delay(delivery.attempts, first=self._interval)
            log.warning(
                "An alert was not delivered.",
                channel=delivery.channel_name,
                cause=error,
                retry_in_seconds=delay.total_seconds() if delay is not None else None,
            )
        async with self._context.database.transaction() as connection:
            await record_delivery(connection, delivery.id, error=error, delay=delay)
            outcome = "ok" if error is None else "failed"
            await add_counts(connection, {(CountKind.ALERT_DELIVERIES, outcome): 1})
        return error is None


async def claim_deliveries(connection: AsyncConnection, values: StoredValues) -> Sequence[ClaimedDelivery]:
    """Claim the deliveries that are due for a minute."""
    claimed = []
    for row in (await connection.execute(CLAIM)).all():
        channel, problem = None, f"Channel {row.channel!r} was deleted."
        if row.kind is not None:
            try:
                channel = channel_config(values, row.channel, row.kind, row.config)
            except ITEM_ERRORS as error:
                fault = unreadable_channel(row.channel, error)
                await store_faults(connection, [fault])
                problem = f"Channel {row.channel!r} cannot be read: {fault.cause}. {fault.next_step}"
        claimed.append(_delivery(row, channel, problem))
    return claimed


def _delivery(row: Row[Any], channel: ChannelConfig | None, problem: str) -> ClaimedDelivery:
    return ClaimedDelivery(
        id=row.id,
        attempts=row.attempts,
        channel_name=row.channel,
        channel=channel,
        problem=problem,
        alert=OutgoingAlert(
            rule=row.rule,
            condition=row.condition,
            message=row.message,
            task_id=row.task_id,
            task_name=row.task_name,
            run_id=row.run_id,
            count=row.events,
            title=row.title,
            detail=row.detail,
            at=row.at.isoformat(),
        ),
    )


async def record_delivery(
    connection: AsyncConnection, delivery_id: int, *, error: str | None, delay: timedelta | None
) -> None:
    """Store the result of an attempt; with an error and without a `delay` it was the last one."""
    if error is None:
        await connection.execute(SENT, {"id": delivery_id})
    else:
        parameters = {"id": delivery_id, "error": error[:_MOST_ERROR_CHARACTERS], "delay": delay}
        await connection.execute(NOT_SENT, parameters)
