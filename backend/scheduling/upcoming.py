"""When a task is due next."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.context import ServiceContext
from backend.faults.model import ITEM_ERRORS
from backend.runs.permissions import check_task
from backend.runs.refusals import task_not_found
from backend.scheduling.model import read_schedule, schedule_rows
from backend.scheduling.next_times import MOST_SECONDS, next_times
from backend.settings import Settings
from shared.access import Access
from shared.errors import ValidationFailedError
from shared.schedule.effort import effort_limit


async def upcoming_times(context: ServiceContext, task_id: int, count: int, *, access: Access) -> list[datetime]:
    """Return the next `count` times at which a task is due, with its jitter.

    Raises `NotFoundError`, and `ValidationFailedError` for a stored schedule that cannot be evaluated.
    """
    async with context.database.transaction() as connection:
        await check_task(connection, task_id, access)
        found = await schedule_rows(connection, [task_id])
    if not found:
        raise task_not_found(task_id)
    try:
        return await asyncio.to_thread(_upcoming, found[0], count, settings=context.settings)
    except ITEM_ERRORS as error:
        raise ValidationFailedError.of("schedule", f"cannot be evaluated: {error}. Edit the task.") from error


def _upcoming(row: Sequence[Any], count: int, *, settings: Settings) -> list[datetime]:
    task = read_schedule(row)
    if not task.is_active:
        return []
    with effort_limit(MOST_SECONDS):
        facts = task.facts(misfire_grace=settings.misfire_grace)
    if facts.timing.follows_last_run:
        return [task.next_run_at] if task.next_run_at else []
    return [facts.due(nominal) for nominal in next_times(facts.timing, count, after=task.now)]
