"""Tasks whose stored schedule cannot be evaluated: each is paused on its own, so that all others go on."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit

EVALUATION_ERRORS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError)
"""What a stored row can raise that an older version, a restore or a hand-written statement left behind."""

log = structlog.get_logger()

# By the primary key. An alert with the condition `paused` follows from the reason.
PAUSE = text(
    """
    update tasks set status = 'paused', paused_reason = p.reason, next_occurrence_at = null, next_run_at = null,
        updated_at = now()
    from unnest(cast(:task_ids as bigint[]), cast(:reasons as text[])) as p (task_id, reason)
    where tasks.id = p.task_id
    """
)


@dataclass(frozen=True, slots=True)
class UnreadableSchedule:
    """A task whose schedule cannot be evaluated, and why."""

    task_id: int
    task_name: str
    reason: str


async def pause_unreadable(connection: AsyncConnection, tasks: Sequence[UnreadableSchedule]) -> None:
    """Pause the tasks, with the reason at the task, in the audit log and in the log."""
    if not tasks:
        return
    reasons = [f"has a schedule that cannot be evaluated: {one.reason}. Edit the task and resume it." for one in tasks]
    await connection.execute(PAUSE, {"task_ids": [one.task_id for one in tasks], "reasons": reasons})
    await audit.record_each(
        connection,
        actor="taskdeck",
        action="task.pause",
        object_type="task",
        objects=[(one.task_id, one.task_name, {"reason": one.reason}) for one in tasks],
    )
    for one in tasks:
        log.error("A task was paused: its schedule cannot be evaluated.", task=one.task_id, reason=one.reason)
