"""Alerts: channels, rules, silences, what is open, what was sent."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import func

from backend.alerts.grouping import AlertRule, OpenAlert
from backend.database.schema import ALERT_CHANNELS, ALERT_RULES, ALERT_SILENCES, OPEN_ALERTS
from shared.models.alert import (
    HIDDEN,
    Alert,
    AlertCondition,
    AlertGrouping,
    Channel,
    ChannelFields,
    Rule,
    RuleFields,
    Silence,
    SilenceFields,
)

_CONFIG = ("url", "format", "template", "headers", "recipients")

LIST = text(
    """
    select a.*, (select coalesce(jsonb_agg(jsonb_build_object('channel', d.channel, 'status', d.status,
            'attempts', d.attempts, 'sent_at', d.sent_at, 'error', d.error,
            'next_try_at', case when d.status = 'pending' then d.next_try_at end) order by d.id), '[]')
        from alert_deliveries d where d.alert_id = a.id) as deliveries
    from alerts a where cast(:before as bigint) is null or a.id < :before
    order by a.id desc limit :limit
    """
)

ADD = text(
    """
    with added as (
        insert into alerts (rule, condition, message, grouping_key, task_id, task_name, run_id, count, title, detail)
        values (:rule, :condition, :message, :grouping_key, :task_id, :task_name, :run_id, :count, :title, :detail)
        returning *
    ), deliveries as (
        insert into alert_deliveries (alert_id, channel, status, sent_at)
        select a.id, c.name, case when c.kind = 'console' then 'sent' else 'pending' end,
            case when c.kind = 'console' then now() end
        from added a, alert_channels c
        where c.enabled and c.name in (select jsonb_array_elements_text(cast(:channels as jsonb)))
    )
    select * from added
    """
)

# Claimed for a minute: a replica that dies over it leaves it to the next.
CLAIM = text(
    """
    with claimed as (
        update alert_deliveries set attempts = attempts + 1, next_try_at = now() + interval '1 minute'
        where id in (
            select id from alert_deliveries where status = 'pending' and next_try_at <= now()
            order by next_try_at limit 20 for update skip locked)
        returning *
    )
    select d.id, d.attempts, a.at, a.rule, a.condition, a.message, a.task_id, a.task_name, a.run_id, a.count, a.title,
        a.detail, c.kind, c.config, c.name as channel
    from claimed d join alerts a on a.id = d.alert_id left join alert_channels c on c.name = d.channel
    """
)

SENT = text("update alert_deliveries set status = 'sent', sent_at = now(), error = null where id = :id")

NOT_SENT = text(
    """
    update alert_deliveries set error = :error,
        status = case when cast(:delay as interval) is null then 'failed' else 'pending' end,
        next_try_at = coalesce(now() + cast(:delay as interval), next_try_at)
    where id = :id
    """
)


def _channel(row: Mapping[str, Any]) -> Channel:
    config = dict(row["config"])
    config["headers"] = dict.fromkeys(config.get("headers", {}), HIDDEN)
    return Channel.model_validate({**row, **config})


async def channels(connection: AsyncConnection) -> list[Channel]:
    """Return every channel, by name."""
    rows = await connection.execute(select(ALERT_CHANNELS).order_by(ALERT_CHANNELS.c.name))
    return [_channel(dict(row)) for row in rows.mappings()]


async def channel_config(connection: AsyncConnection, name: str) -> RowMapping | None:
    """Return a channel's kind and config as they are stored, or None."""
    rows = await connection.execute(select(ALERT_CHANNELS).where(ALERT_CHANNELS.c.name == name))
    return rows.mappings().one_or_none()


async def put_channel(connection: AsyncConnection, name: str, fields: ChannelFields) -> Channel:
    """Make or replace a channel."""
    values = fields.model_dump(mode="json")
    row = {
        "kind": fields.kind,
        "config": {key: values[key] for key in _CONFIG},
        "enabled": fields.enabled,
        "updated_at": func.now(),
    }
    statement = insert(ALERT_CHANNELS).values(name=name, **row)
    found = await connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_=row).returning(ALERT_CHANNELS)
    )
    return _channel(dict(found.mappings().one()))


async def delete_channel(connection: AsyncConnection, name: str) -> bool:
    """Remove a channel; return whether there was one."""
    return (await connection.execute(delete(ALERT_CHANNELS).where(ALERT_CHANNELS.c.name == name))).rowcount > 0


async def rules(connection: AsyncConnection) -> list[Rule]:
    """Return every rule, by name."""
    rows = await connection.execute(select(ALERT_RULES).order_by(ALERT_RULES.c.name))
    return [Rule.model_validate(dict(row)) for row in rows.mappings()]


async def put_rule(connection: AsyncConnection, name: str, fields: RuleFields) -> Rule:
    """Make or replace a rule."""
    row = {**fields.model_dump(mode="json"), "updated_at": func.now()}
    statement = insert(ALERT_RULES).values(name=name, **row)
    found = await connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_=row).returning(ALERT_RULES)
    )
    return Rule.model_validate(dict(found.mappings().one()))


async def delete_rule(connection: AsyncConnection, name: str) -> bool:
    """Remove a rule and what is open of it; return whether there was one."""
    await connection.execute(delete(OPEN_ALERTS).where(OPEN_ALERTS.c.rule == name))
    return (await connection.execute(delete(ALERT_RULES).where(ALERT_RULES.c.name == name))).rowcount > 0


async def silences(connection: AsyncConnection, *, active_only: bool) -> list[Silence]:
    """Return the silences that have not ended, or those that hold now."""
    query = select(ALERT_SILENCES).where(ALERT_SILENCES.c.ends_at > func.now())
    if active_only:
        query = query.where(ALERT_SILENCES.c.starts_at <= func.now())
    rows = await connection.execute(query.order_by(ALERT_SILENCES.c.ends_at))
    return [Silence.model_validate(dict(row)) for row in rows.mappings()]


async def add_silence(connection: AsyncConnection, fields: SilenceFields, *, created_by: str) -> Silence:
    """Keep a silence."""
    values: dict[str, Any] = fields.model_dump(exclude={"starts_at"}) | {"created_by": created_by}
    values["starts_at"] = fields.starts_at or func.now()
    found = await connection.execute(insert(ALERT_SILENCES).values(**values).returning(ALERT_SILENCES))
    return Silence.model_validate(dict(found.mappings().one()))


async def end_silence(connection: AsyncConnection, silence_id: int) -> bool:
    """End a silence now; return whether there was one."""
    statement = update(ALERT_SILENCES).where(ALERT_SILENCES.c.id == silence_id, ALERT_SILENCES.c.ends_at > func.now())
    return (await connection.execute(statement.values(ends_at=func.now()))).rowcount > 0


async def active_rules(connection: AsyncConnection) -> list[AlertRule]:
    """Return what decides: the rules that are enabled."""
    return [
        AlertRule(
            name=rule.name,
            conditions=frozenset(rule.conditions),
            folder=rule.folder,
            labels=rule.labels,
            channels=rule.channels,
            group_by=AlertGrouping(rule.group_by),
            remind_after=timedelta(seconds=rule.remind_after_seconds),
        )
        for rule in await rules(connection)
        if rule.enabled
    ]


AlertKey = tuple[str, AlertCondition, str]


async def open_alerts(connection: AsyncConnection) -> dict[AlertKey, OpenAlert]:
    """Return what is open, by rule, condition and group."""
    rows = (await connection.execute(select(OPEN_ALERTS))).mappings()
    return {
        (row["rule"], AlertCondition(row["condition"]), row["grouping_key"]): OpenAlert(
            task_ids=frozenset(row["task_ids"]),
            opened_at=row["opened_at"],
            last_sent_at=row["last_sent_at"],
            held=row["held"],
            total=row["total"],
        )
        for row in rows
    }


async def keep_open_alert(connection: AsyncConnection, key: AlertKey, alert: OpenAlert | None) -> None:
    """Store what is open under a key, or that nothing is."""
    rule, condition, grouping_key = key
    if alert is None:
        table = OPEN_ALERTS.c
        await connection.execute(
            delete(OPEN_ALERTS).where(
                table.rule == rule, table.condition == condition, table.grouping_key == grouping_key
            )
        )
        return
    row = {
        "task_ids": sorted(alert.task_ids),
        "opened_at": alert.opened_at,
        "last_sent_at": alert.last_sent_at,
        "held": alert.held,
        "total": alert.total,
    }
    statement = insert(OPEN_ALERTS).values(rule=rule, condition=condition, grouping_key=grouping_key, **row)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["rule", "condition", "grouping_key"], set_=row)
    )


async def add(connection: AsyncConnection, *, channels: Sequence[str], **fields: Any) -> Alert:
    """Keep an alert and its deliveries, one for each enabled channel."""
    row = (await connection.execute(ADD, {**fields, "channels": json.dumps(list(channels))})).mappings().one()
    return Alert.model_validate(dict(row))


async def list_alerts(connection: AsyncConnection, *, before: int | None, limit: int) -> list[Alert]:
    """Return alerts, the newest first, with how they were delivered."""
    rows = await connection.execute(LIST, {"before": before, "limit": limit})
    return [Alert.model_validate(dict(row)) for row in rows.mappings()]


async def claim_deliveries(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Return deliveries that are due, with their alert and channel; nobody else takes them for a minute."""
    return (await connection.execute(CLAIM)).mappings().all()


async def record_delivery(
    connection: AsyncConnection, delivery_id: int, *, error: str | None, delay: timedelta | None
) -> None:
    """Keep what came of a delivery; `delay` None with an error: it is not tried again."""
    if error is None:
        await connection.execute(SENT, {"id": delivery_id})
    else:
        await connection.execute(NOT_SENT, {"id": delivery_id, "error": error[:2000], "delay": delay})


def is_silenced(silences: Sequence[Silence], *, task_id: int, folder: str, now: datetime) -> bool:
    """Whether a silence holds for a task."""
    return any(
        silence.starts_at <= now < silence.ends_at
        and (
            silence.task_id == task_id
            if silence.task_id is not None
            else (not silence.folder or folder == silence.folder or folder.startswith(silence.folder + "/"))
        )
        for silence in silences
    )
