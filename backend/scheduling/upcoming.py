"""When a task is due next."""

from datetime import datetime
from itertools import islice

from backend.context import ServiceContext
from backend.scheduling import due as timing
from backend.scheduling.facts import schedule_facts
from shared.enums import TaskStatus
from shared.errors import NotFoundError


async def upcoming_times(context: ServiceContext, task_id: int, count: int) -> list[datetime]:
    """Return the next `count` times at which a task is due, with its jitter; raises `NotFoundError`."""
    async with context.database.transaction() as connection:
        rows = await timing.timed_tasks(connection, [task_id])
    if not rows:
        raise NotFoundError(f"Task {task_id} does not exist.")
    row = rows[0]
    if row["schedule"] is None or row["status"] != TaskStatus.ACTIVE:
        return []
    facts = schedule_facts(row, misfire_grace=context.settings.misfire_grace)
    if facts.timing.follows_last_run:
        return [row["next_run_at"]] if row["next_run_at"] else []
    return [facts.due(nominal) for nominal in islice(facts.timing.iterate(row["now"]), count)]
