"""Channels: the webhooks and mail addresses that alerts are delivered to."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import func

from backend import audit
from backend.alerts.channel_secrets import opened_config, seal_config
from backend.alerts.model import ChannelConfig, OutgoingAlert
from backend.alerts.send import DeliveryError, new_http_client, send_alert
from backend.context import Actor, ServiceContext
from backend.database.schema import ALERT_CHANNELS, ALERT_RULES
from backend.encryption.stored_values import StoredValues
from backend.faults.model import ITEM_ERRORS, NewFault, set_aside
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from shared.errors import ConflictError, NotFoundError, ValidationFailedError
from shared.models.alert import HIDDEN, Channel, ChannelFields, ChannelKind, Delivery, WebhookFormat

_STORED_AS_CONFIG = ("url", "format", "template", "headers", "recipients")


@dataclass(frozen=True, slots=True)
class StoredChannel:
    """A channel with its secret values."""

    config: ChannelConfig
    enabled: bool


_TEST = OutgoingAlert(
    rule="test",
    condition="failure",
    message="first",
    task_id=None,
    task_name="test",
    run_id=None,
    count=1,
    title="Taskdeck test message",
    detail="The channel works. Nothing is wrong.",
    at="",
)


async def list_channels(context: ServiceContext) -> list[Channel]:
    """Return every channel, by name, without the values of its headers."""
    async with context.database.transaction() as connection:
        rows = await connection.execute(select(ALERT_CHANNELS).order_by(ALERT_CHANNELS.c.name))
        found, faults = read_each(
            rows.mappings(),
            lambda row: _shown(context, dict(row)),
            fault=lambda row, error: unreadable_channel(row["name"], error),
        )
        await store_faults(connection, faults)
    return found


async def put_channel(context: ServiceContext, name: str, fields: ChannelFields, *, actor: Actor) -> Channel:
    """Create or replace a channel; raises `ValidationFailedError` for a masked header without a stored value."""
    async with context.database.transaction() as connection:
        fields = with_stored_secrets(fields, await read_channel(context, connection, name))
        return await write_channel(connection, context, name, fields, actor=actor)


async def write_channel(
    connection: AsyncConnection, context: ServiceContext, name: str, fields: ChannelFields, *, actor: Actor
) -> Channel:
    """Store a channel whose secret values are known, in a transaction of the caller."""
    config = fields.model_dump(mode="json")
    values = {
        "kind": fields.kind,
        "config": await seal_config(
            context.stored_values, connection, name, {key: config[key] for key in _STORED_AS_CONFIG}
        ),
        "enabled": fields.enabled,
        "updated_at": func.now(),
    }
    statement = insert(ALERT_CHANNELS).values(name=name, **values)
    rows = await connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_=values).returning(ALERT_CHANNELS)
    )
    await _record(connection, actor, "put", name)
    return _shown(context, dict(rows.mappings().one()))


async def lock_channels(
    connection: AsyncConnection, context: ServiceContext, names: Iterable[str]
) -> dict[str, StoredChannel]:
    """Return those of the channels that exist and can be read, locked in the order of their names."""
    columns = ALERT_CHANNELS.c
    query = select(columns.name, columns.kind, columns.config, columns.enabled).where(columns.name.in_(list(names)))
    found = {}
    for row in await connection.execute(query.order_by(columns.name).with_for_update()):
        with contextlib.suppress(*ITEM_ERRORS):  # it is replaced as if it did not exist
            config = channel_config(context.stored_values, row.name, row.kind, row.config)
            found[row.name] = StoredChannel(config, enabled=row.enabled)
    return found


async def delete_channel(context: ServiceContext, name: str, *, actor: Actor) -> None:
    """Delete a channel; raises `NotFoundError`, and `ConflictError` if rules use it."""
    async with context.database.transaction() as connection:
        rules = await _rules_with(connection, name)
        if rules:
            raise ConflictError(
                f"Channel {name!r} is used by the alert rules {', '.join(rules)}. Change those rules first."
            )
        deleted = await connection.execute(delete(ALERT_CHANNELS).where(ALERT_CHANNELS.c.name == name))
        if deleted.rowcount == 0:
            raise _no_channel(name)
        await _record(connection, actor, "delete", name)


async def send_test(context: ServiceContext, name: str, *, actor: Actor) -> Delivery:
    """Send a test message over a channel now, and return the result; raises `NotFoundError`."""
    async with context.database.transaction() as connection:
        channel = await read_channel(context, connection, name)
        if channel is None:
            raise _no_channel(name)
        await _record(connection, actor, "test", name)
    async with await new_http_client() as http:
        try:
            await send_alert(http, context.settings, channel, _TEST)
        except DeliveryError as error:
            return Delivery(channel=name, status="failed", attempts=1, error=str(error))
    return Delivery(channel=name, status="sent", attempts=1)


async def read_channel(context: ServiceContext, connection: AsyncConnection, name: str) -> ChannelConfig | None:
    """Return how a channel delivers, with the values of its headers, or None if it does not exist."""
    columns = ALERT_CHANNELS.c
    row = (await connection.execute(select(columns.kind, columns.config).where(columns.name == name))).one_or_none()
    try:
        return channel_config(context.stored_values, name, row.kind, row.config) if row else None
    except ITEM_ERRORS:
        return None  # it is replaced as if it did not exist, without the values of its headers


def unreadable_channel(name: str, error: Exception) -> NewFault:
    """Return the fault of a channel whose configuration cannot be read."""
    return set_aside("alert channel", name, cause=error, next_step="It delivers nothing. Save it again.")


def channel_config(values: StoredValues, name: str, kind: str, config: Mapping[str, Any]) -> ChannelConfig:
    """Return a channel from its stored kind and configuration; raises one of `ITEM_ERRORS`."""
    stored = opened_config(values, name, config)
    return ChannelConfig(
        name=name,
        kind=ChannelKind(kind),
        url=stored.get("url"),
        format=WebhookFormat(stored.get("format", WebhookFormat.JSON)),
        template=stored.get("template"),
        headers=dict(stored.get("headers") or {}),
        recipients=list(stored.get("recipients") or []),
    )


async def channel_names(connection: AsyncConnection) -> set[str]:
    """Return the names of all channels."""
    return set((await connection.execute(select(ALERT_CHANNELS.c.name))).scalars())


async def _rules_with(connection: AsyncConnection, channel: str) -> list[str]:
    columns = ALERT_RULES.c
    query = select(columns.name).where(columns.channels.contains([channel])).order_by(columns.name)
    return list((await connection.execute(query)).scalars())


def _shown(context: ServiceContext, stored: Mapping[str, Any]) -> Channel:
    config = dict(opened_config(context.stored_values, stored["name"], stored["config"]))
    config["headers"] = dict.fromkeys(config.get("headers", {}), HIDDEN)
    return Channel.model_validate({**stored, **config})


def with_stored_secrets(fields: ChannelFields, before: ChannelConfig | None) -> ChannelFields:
    """Return the fields with the stored address and values of headers where they were sent masked.

    The stored values are secrets of the channel's address. They are not used for another address, whose owner could
    read them. Raises `ValidationFailedError` where nothing is stored.
    """
    if fields.url == HIDDEN:
        if before is None or before.url is None:
            raise ValidationFailedError.of("url", "no address is stored for this channel; enter it")
        fields = fields.model_copy(update={"url": before.url})
    has_same_origin = before is not None and _origin(fields.url) == _origin(before.url)
    stored = before.headers if before is not None and has_same_origin else {}
    missing = [header for header, value in fields.headers.items() if value == HIDDEN and header not in stored]
    if missing:
        raise ValidationFailedError.of("headers", f"no value of {missing[0]!r} is stored for this address; enter it")
    headers = {header: stored[header] if value == HIDDEN else value for header, value in fields.headers.items()}
    return fields.model_copy(update={"headers": headers})


def _origin(url: str | None) -> tuple[str, str]:
    parts = urlsplit(url or "")
    return parts.scheme, parts.netloc


def _no_channel(name: str) -> NotFoundError:
    return NotFoundError(f"Channel {name!r} does not exist.")


async def _record(connection: AsyncConnection, actor: Actor, action: str, name: str) -> None:
    await audit.record(
        connection, actor=actor, action=f"alert_channel.{action}", object_type="alert_channel", object_id=name
    )
