"""The messages that alerts sent, with their deliveries."""

import json

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.alerts.model import NewAlert
from backend.context import ServiceContext
from backend.database.folder_conditions import FolderStatement
from shared.access import Access
from shared.models.alert import Alert

# The deliveries of each message come from the index alert_deliveries_of_alert.
_WITH_DELIVERIES = """
    select a.*, (select coalesce(jsonb_agg(jsonb_build_object('channel', d.channel, 'status', d.status,
            'attempts', d.attempts, 'sent_at', d.sent_at, 'error', d.error,
            'next_try_at', case when d.status = 'pending' then d.next_try_at end) order by d.id), '[]')
        from alert_deliveries d where d.alert_id = a.id) as deliveries
    from alerts a where (cast(:before as bigint) is null or a.id < :before) and granted(a.folder)
"""

# From the primary key, newest first.
LIST = FolderStatement(f"{_WITH_DELIVERIES} order by a.id desc limit :limit")

# From the index alerts_by_task.
LIST_OF_TASK = FolderStatement(
    f"{_WITH_DELIVERIES} and a.task_id = cast(:task_id as bigint) order by a.task_id desc, a.id desc limit :limit"
)

# A message with one delivery for each enabled channel. The console reads messages from here: nothing is delivered.
ADD = text(
    """
    with added as (
        insert into alerts
            (rule, condition, message, grouping_key, task_id, task_name, run_id, count, title, detail, folder)
        values (:rule, :condition, :message, :grouping_key, :task_id, :task_name, :run_id, :count, :title, :detail,
            :folder)
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


async def list_alerts(
    context: ServiceContext, *, before: int | None, limit: int, access: Access, task_id: int | None = None
) -> list[Alert]:
    """Return the messages that a user may read with their deliveries, newest first: all, or those about one task.

    `before` is an id.
    """
    values = {"before": before, "limit": limit}
    async with context.database.transaction() as connection:
        if task_id is None:
            rows = await connection.execute(LIST.within(access), values)
        else:
            rows = await connection.execute(LIST_OF_TASK.within(access), values | {"task_id": task_id})
        return [Alert.model_validate(dict(row)) for row in rows.mappings()]


async def add_alert(connection: AsyncConnection, new: NewAlert) -> Alert:
    """Store a message and its deliveries."""
    parameters = {
        "rule": new.key.rule,
        "condition": new.key.condition,
        "grouping_key": new.key.grouping_key,
        "message": new.message,
        "task_id": new.task_id,
        "task_name": new.task_name,
        "run_id": new.run_id,
        "count": new.count,
        "title": new.title,
        "detail": new.detail,
        "folder": new.folder,
        "channels": json.dumps(list(new.channels)),
    }
    row = (await connection.execute(ADD, parameters)).mappings().one()
    return Alert.model_validate(dict(row))
