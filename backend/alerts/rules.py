"""Channels, rules and silences: making, changing and removing them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from backend import audit
from backend.alerts import rows as store
from backend.alerts.delivery import send
from backend.alerts.mail import DeliveryError
from backend.context import Actor, ServiceContext
from shared.errors import ConflictError, NotFoundError, ValidationFailedError
from shared.models.alert import (
    HIDDEN,
    Alert,
    Channel,
    ChannelFields,
    Delivery,
    Rule,
    RuleFields,
    Silence,
    SilenceFields,
)

_TEST = {
    "rule": "test",
    "condition": "failure",
    "message": "first",
    "task_id": None,
    "task_name": "test",
    "run_id": None,
    "count": 1,
    "title": "Taskdeck can reach you here",
    "detail": "This is a test; nothing is wrong.",
    "at": "",
}


def _with_hidden_headers(fields: ChannelFields, before: Mapping[str, Any]) -> ChannelFields:
    """Return the fields with the stored values of headers that came back as they are shown.

    They are for the address they were given with: at another one nobody may read them.
    """
    stored: Mapping[str, str] = before.get("headers", {}) if _origin(fields.url) == _origin(before.get("url")) else {}
    unknown = [header for header, value in fields.headers.items() if value == HIDDEN and header not in stored]
    if unknown:
        raise ValidationFailedError.of("headers", f"no value is stored for {unknown[0]!r} at this address; give it")
    headers = {header: stored[header] if value == HIDDEN else value for header, value in fields.headers.items()}
    return fields.model_copy(update={"headers": headers})


def _origin(url: str | None) -> tuple[str, str]:
    parts = urlsplit(url or "")
    return parts.scheme, parts.netloc


class AlertService:
    """The use cases around alerts."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def alerts(self, *, before: int | None, limit: int) -> list[Alert]:
        """Return what was said, the newest first."""
        async with self._context.database.transaction() as connection:
            return await store.list_alerts(connection, before=before, limit=limit)

    async def channels(self) -> list[Channel]:
        """Return every channel."""
        async with self._context.database.transaction() as connection:
            return await store.channels(connection)

    async def put_channel(self, name: str, fields: ChannelFields, *, actor: Actor) -> Channel:
        """Make or replace a channel; raises `ValidationFailedError` for a hidden header of which nothing is stored."""
        async with self._context.database.transaction() as connection:
            before = await store.channel_config(connection, name)
            fields = _with_hidden_headers(fields, before["config"] if before else {})
            stored = await store.put_channel(connection, name, fields)
            await self._record(connection, actor, "alert_channel.put", name)
        return stored

    async def delete_channel(self, name: str, *, actor: Actor) -> None:
        """Remove a channel; raises `ConflictError` where rules use it."""
        async with self._context.database.transaction() as connection:
            users = [rule.name for rule in await store.rules(connection) if name in rule.channels]
            if users:
                raise ConflictError(f"{name} cannot be deleted: {', '.join(users)} use it; change those rules first")
            if not await store.delete_channel(connection, name):
                raise NotFoundError(f"There is no channel {name!r}.")
            await self._record(connection, actor, "alert_channel.delete", name)

    async def test_channel(self, name: str) -> Delivery:
        """Send a test message over a channel, at once, and return what came of it."""
        async with self._context.database.transaction() as connection:
            row = await store.channel_config(connection, name)
        if row is None:
            raise NotFoundError(f"There is no channel {name!r}.")
        async with httpx.AsyncClient(timeout=10) as http:
            try:
                await send(http, self._context.settings, row["kind"], row["config"], _TEST)
            except DeliveryError as error:
                return Delivery(channel=name, status="failed", attempts=1, error=str(error))
        return Delivery(channel=name, status="sent", attempts=1)

    async def rules(self) -> list[Rule]:
        """Return every rule."""
        async with self._context.database.transaction() as connection:
            return await store.rules(connection)

    async def put_rule(self, name: str, fields: RuleFields, *, actor: Actor) -> Rule:
        """Make or replace a rule; raises `ValidationFailedError` for a channel that does not exist."""
        async with self._context.database.transaction() as connection:
            known = {channel.name for channel in await store.channels(connection)}
            missing = [channel for channel in fields.channels if channel not in known]
            if missing:
                raise ValidationFailedError.of("channels", f"there is no channel {missing[0]!r}; make it first")
            stored = await store.put_rule(connection, name, fields)
            await self._record(connection, actor, "alert_rule.put", name)
        return stored

    async def delete_rule(self, name: str, *, actor: Actor) -> None:
        """Remove a rule."""
        async with self._context.database.transaction() as connection:
            if not await store.delete_rule(connection, name):
                raise NotFoundError(f"There is no rule {name!r}.")
            await self._record(connection, actor, "alert_rule.delete", name)

    async def silences(self) -> list[Silence]:
        """Return the silences that have not ended."""
        async with self._context.database.transaction() as connection:
            return await store.silences(connection, active_only=False)

    async def add_silence(self, fields: SilenceFields, *, actor: Actor) -> Silence:
        """Keep a silence."""
        async with self._context.database.transaction() as connection:
            if fields.starts_at is not None and fields.ends_at <= fields.starts_at:
                raise ValidationFailedError.of("ends_at", "must be after starts_at")
            stored = await store.add_silence(connection, fields, created_by=actor.name)
            await self._record(connection, actor, "alert_silence.add", str(stored.id))
        return stored

    async def end_silence(self, silence_id: int, *, actor: Actor) -> None:
        """End a silence now."""
        async with self._context.database.transaction() as connection:
            if not await store.end_silence(connection, silence_id):
                raise NotFoundError(f"There is no silence {silence_id} that holds.")
            await self._record(connection, actor, "alert_silence.end", str(silence_id))

    async def _record(self, connection: Any, actor: Actor, action: str, name: str) -> None:
        await audit.record(
            connection, actor=actor.name, action=action, object_type=action.split(".")[0], object_id=name
        )
