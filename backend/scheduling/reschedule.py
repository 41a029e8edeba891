"""When tasks are due next, after they or their calendar changed."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.scheduling.model import NextOccurrence, lock_schedules, set_next
from backend.scheduling.occurrences import first_occurrence
from backend.settings import Settings

# What a former schedule missed is forgotten.
SINCE_NOW = text(
    "update tasks set schedule_since = now(), missed_at = null where id = any(cast(:task_ids as bigint[]))"
)


async def reschedule(
    connection: AsyncConnection, task_ids: Sequence[int], *, settings: Settings, keeps_due: bool
) -> None:
    """Store when tasks are due next, from now on, so that a pause or an edit makes up for nothing.

    `keeps_due`: an occurrence that is due and has no run yet stays, so that an edit at that moment does not lose it.
    The dispatcher continues from it with the new schedule.
    """
    times = []
    for task in await lock_schedules(connection, task_ids):
        if not task.is_active:
            times.append(NextOccurrence(task.id, None, None))
        elif not (keeps_due and task.next_run_at is not None and task.next_run_at <= task.now):
            facts = task.facts(misfire_grace=settings.misfire_grace)
            times.append(NextOccurrence(task.id, *first_occurrence(facts, after=task.now)))
    await connection.execute(SINCE_NOW, {"task_ids": list(task_ids)})
    if times:
        await set_next(connection, times)
