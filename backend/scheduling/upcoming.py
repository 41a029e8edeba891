"""When a task is due next."""

from datetime import datetime
from itertools import islice

from backend.context import ServiceContext
from backend.scheduling.model import read_schedules
from shared.errors import NotFoundError


async def upcoming_times(context: ServiceContext, task_id: int, count: int) -> list[datetime]:
    """Return the next `count` times at which a task is due, with its jitter; raises `NotFoundError`."""
    async with context.database.transaction() as connection:
        found = await read_schedules(connection, [task_id])
    if not found:
        raise NotFoundError(f"Task {task_id} does not exist.")
    task = found[0]
    if not task.is_active:
        return []
    facts = task.facts(misfire_grace=context.settings.misfire_grace)
    if facts.timing.follows_last_run:
        return [task.next_run_at] if task.next_run_at else []
    return [facts.due(nominal) for nominal in islice(facts.timing.iterate(task.now), count)]
