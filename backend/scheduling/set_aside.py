"""Tasks whose stored schedule cannot be evaluated: each is paused on its own, so that all others go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import SYSTEM
from backend.faults.model import cause_of, set_aside
from backend.faults.store import store_faults

# By the primary key. An alert with the condition `paused` follows from the reason.
PAUSE = text(
    """
    update tasks set status = 'paused', paused_reason = p.reason, next_occurrence_at = null, next_run_at = null,
        updated_at = now()
    from unnest(cast(:task_ids as bigint[]), cast(:reasons as text[])) as p (task_id, reason)
    where tasks.id = p.task_id and tasks.status = 'active'
    returning tasks.id
    """
)


def reason_of(error: Exception) -> str:
    """Return why a schedule cannot be evaluated, in the words of the error."""
    return cause_of(error) if isinstance(error, ValidationError | LookupError) else str(error) or type(error).__name__


@dataclass(frozen=True, slots=True)
class UnreadableSchedule:
    """A task whose schedule cannot be evaluated, and why."""

    task_id: int
    task_name: str
    reason: str

    @classmethod
    def of_row(cls, row: Sequence[Any], error: Exception) -> Self:
        """Return the task of a row that begins with `SCHEDULE_COLUMNS`."""
        return cls(row[0], row[1], reason_of(error))


async def pause_unreadable(connection: AsyncConnection, tasks: Sequence[UnreadableSchedule]) -> None:
    """Pause the tasks that are active, with the reason at the task, in the audit log and among the faults."""
    if not tasks:
        return
    reasons = [f"has a schedule that cannot be evaluated: {one.reason}. Edit the task and resume it." for one in tasks]
    values = {"task_ids": [one.task_id for one in tasks], "reasons": reasons}
    paused = set((await connection.execute(PAUSE, values)).scalars())
    await store_faults(
        connection,
        [
            set_aside(
                "task",
                one.task_id,
                name=one.task_name,
                cause=f"its schedule cannot be evaluated: {one.reason}",
                next_step="Edit the task and resume it.",
            )
            for one in tasks
        ],
    )
    await audit.record_each(
        connection,
        actor=SYSTEM,
        action="task.pause",
        object_type="task",
        objects=[(one.task_id, one.task_name, {"reason": one.reason}) for one in tasks if one.task_id in paused],
    )
