"""Send a marked message over every enabled channel, by the way that alerts take."""

import secrets

from sqlalchemy import select

from backend import audit
from backend.alerts.messages import add_alert
from backend.alerts.model import AlertKey, NewAlert
from backend.context import Actor, ServiceContext
from backend.database.schema import ALERT_CHANNELS
from backend.events.wakes import WakeReason
from shared.enums import EventType
from shared.errors import ConflictError
from shared.models.alert import Alert, AlertCondition, AlertMessage

RULE = "drill"
"""What the message names as its rule; a rule of this name is something else."""


async def drill(context: ServiceContext, *, actor: Actor) -> Alert:
    """Store the message with its deliveries, which the leader sends; raises `ConflictError` without a channel."""
    mark = secrets.token_hex(4)
    async with context.database.transaction() as connection:
        columns = ALERT_CHANNELS.c
        rows = await connection.execute(select(columns.name).where(columns.enabled).order_by(columns.name))
        names = list(rows.scalars())
        if not names:
            raise ConflictError(
                "There is no enabled channel to try. Create one: taskdeck alert channel set NAME --url https://…"
            )
        alert = await add_alert(
            connection,
            NewAlert(
                key=AlertKey(RULE, AlertCondition.FAULT, mark),
                channels=names,
                message=AlertMessage.FIRST,
                task_id=None,
                task_name=None,
                run_id=None,
                count=1,
                title=f"Taskdeck drill {mark}",
                detail=f"This is a drill that {actor.name} started. Nothing is wrong, and nothing is to be done.",
                folder=None,
            ),
        )
        await audit.record(
            connection,
            actor=actor,
            action="alert.drill",
            object_type="alert",
            object_id=alert.id,
            object_name=alert.title,
            detail={"channels": names},
        )
    context.events.publish(EventType.ALERT_RAISED, [alert])
    context.signals.wake(WakeReason.ALERT_RAISED)
    return alert
