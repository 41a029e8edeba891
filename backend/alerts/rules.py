"""Alert rules: which conditions of which tasks are reported over which channels."""

import contextlib
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import func

from backend import audit
from backend.alerts.channels import channel_names
from backend.alerts.model import AlertRule
from backend.alerts.open_alerts import delete_of_rule
from backend.context import Actor, ServiceContext
from backend.database.folder_conditions import in_folders
from backend.database.schema import ALERT_RULES
from backend.faults.model import ITEM_ERRORS, set_aside
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from shared.access import FULL_ACCESS, Access
from shared.errors import NotFoundError, ValidationFailedError
from shared.models.alert import Rule, RuleFields


async def list_rules(context: ServiceContext, *, access: Access) -> list[Rule]:
    """Return every rule for a folder that a user may read, by name."""
    async with context.database.transaction() as connection:
        return await read_rules(connection, access)


async def put_rule(context: ServiceContext, name: str, fields: RuleFields, *, actor: Actor) -> Rule:
    """Create or replace a rule; raises `ValidationFailedError` for a channel that does not exist."""
    async with context.database.transaction() as connection:
        return await write_rule(connection, name, fields, actor=actor)


async def write_rule(connection: AsyncConnection, name: str, fields: RuleFields, *, actor: Actor) -> Rule:
    """Do the same in a transaction of the caller."""
    values = {**fields.model_dump(mode="json", include=set(RuleFields.model_fields)), "updated_at": func.now()}
    statement = insert(ALERT_RULES).values(name=name, **values)
    known = await channel_names(connection)
    missing = [channel for channel in fields.channels if channel not in known]
    if missing:
        raise ValidationFailedError.of("channels", f"channel {missing[0]!r} does not exist; create it first")
    rows = await connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_=values).returning(ALERT_RULES)
    )
    await _record(connection, actor, "put", name)
    return Rule.model_validate(dict(rows.mappings().one()))


async def lock_rules(connection: AsyncConnection, names: Iterable[str]) -> dict[str, RuleFields]:
    """Return the fields of those of the rules that exist and can be read, locked in the order of their names."""
    columns = ALERT_RULES.c
    query = select(ALERT_RULES).where(columns.name.in_(list(names))).order_by(columns.name).with_for_update()
    found = {}
    for row in (await connection.execute(query)).mappings():
        with contextlib.suppress(*ITEM_ERRORS):  # it is replaced as if it did not exist
            found[row["name"]] = RuleFields.model_validate({name: row[name] for name in RuleFields.model_fields})
    return found


async def delete_rule(context: ServiceContext, name: str, *, actor: Actor) -> None:
    """Delete a rule and its open alerts; raises `NotFoundError`."""
    async with context.database.transaction() as connection:
        await delete_of_rule(connection, name)
        deleted = await connection.execute(delete(ALERT_RULES).where(ALERT_RULES.c.name == name))
        if deleted.rowcount == 0:
            raise NotFoundError(f"Alert rule {name!r} does not exist.")
        await _record(connection, actor, "delete", name)


async def read_rules(connection: AsyncConnection, access: Access = FULL_ACCESS) -> list[Rule]:
    """Return every rule that is readable, by name; for a user, those for the folders that they may read."""
    query = select(ALERT_RULES).order_by(ALERT_RULES.c.name)
    if not access.reads_all:
        query = query.where(in_folders(ALERT_RULES.c.folder, access))
    rows = await connection.execute(query)
    found, faults = read_each(
        rows.mappings(),
        lambda row: Rule.model_validate(dict(row)),
        fault=lambda row, error: set_aside(
            "alert rule", row["name"], cause=error, next_step="It raises no alerts. Save it again, or delete it."
        ),
    )
    await store_faults(connection, faults)
    return found


async def enabled_rules(connection: AsyncConnection) -> list[AlertRule]:
    """Return the enabled rules as decisions use them."""
    return [
        AlertRule(
            name=rule.name,
            conditions=frozenset(rule.conditions),
            folder=rule.folder,
            labels=rule.labels,
            channels=rule.channels,
            group_by=rule.group_by,
            remind_after=timedelta(seconds=rule.remind_after_seconds),
        )
        for rule in await read_rules(connection)
        if rule.enabled
    ]


async def _record(connection: AsyncConnection, actor: Actor, action: str, name: str) -> None:
    await audit.record(connection, actor=actor, action=f"alert_rule.{action}", object_type="alert_rule", object_id=name)
