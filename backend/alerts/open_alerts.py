"""Alerts that have not ended, by rule, condition and grouping key."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.alerts.model import AlertKey, OpenAlert
from backend.database.schema import OPEN_ALERTS
from backend.faults.model import set_aside
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from shared.models.alert import AlertCondition


async def read_open_alerts(connection: AsyncConnection) -> dict[AlertKey, OpenAlert]:
    """Return all open alerts, a few for each rule, and lock them: nobody acknowledges one before it is saved."""
    found, faults = read_each(
        await connection.execute(select(OPEN_ALERTS).with_for_update()),
        _open_alert,
        fault=lambda row, error: set_aside(
            "open alert",
            f"{row.rule}/{row.condition}/{row.grouping_key}",
            cause=error,
            next_step=f"It sends no reminder and no recovery. Save the alert rule {row.rule} again.",
        ),
    )
    await store_faults(connection, faults)
    return dict(found)


def _open_alert(row: Row[Any]) -> tuple[AlertKey, OpenAlert]:
    return AlertKey(row.rule, AlertCondition(row.condition), row.grouping_key), OpenAlert(
        task_ids=frozenset(int(task_id) for task_id in row.task_ids),
        opened_at=row.opened_at,
        last_sent_at=row.last_sent_at,
        held=row.held,
        total=row.total,
        newest_fault_id=row.newest_fault_id,
        is_acknowledged=row.is_acknowledged,
    )


async def save_open_alerts(connection: AsyncConnection, changed: Mapping[AlertKey, OpenAlert | None]) -> None:
    """Store alerts that were opened or changed, and delete those that have ended."""
    for key, alert in changed.items():
        if alert is None:
            await _delete(connection, key)
        else:
            await _save(connection, key, alert)


async def delete_of_rule(connection: AsyncConnection, rule: str) -> None:
    """Delete the open alerts of a rule."""
    await connection.execute(delete(OPEN_ALERTS).where(OPEN_ALERTS.c.rule == rule))


async def _delete(connection: AsyncConnection, key: AlertKey) -> None:
    columns = OPEN_ALERTS.c
    await connection.execute(
        delete(OPEN_ALERTS).where(
            columns.rule == key.rule,
            columns.condition == key.condition,
            columns.grouping_key == key.grouping_key,
        )
    )


async def _save(connection: AsyncConnection, key: AlertKey, alert: OpenAlert) -> None:
    values = {
        "task_ids": sorted(alert.task_ids),
        "opened_at": alert.opened_at,
        "last_sent_at": alert.last_sent_at,
        "held": alert.held,
        "total": alert.total,
        "newest_fault_id": alert.newest_fault_id,
        "is_acknowledged": alert.is_acknowledged,
    }
    statement = insert(OPEN_ALERTS).values(
        rule=key.rule, condition=key.condition, grouping_key=key.grouping_key, **values
    )
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["rule", "condition", "grouping_key"], set_=values)
    )
