"""When tasks are due next, after they or their calendar were changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.scheduling import due as timing
from backend.scheduling.facts import schedule_facts
from backend.scheduling.occurrences import first_occurrence
from backend.settings import Settings
from shared.enums import TaskStatus


async def reschedule(
    connection: AsyncConnection, task_ids: Sequence[int], *, settings: Settings, keeps_due: bool
) -> None:
    """Store when tasks are due next, from now on, so that a pause or an edit makes nothing up.

    `keeps_due`: an occurrence that is due and has not fired yet stays, so that an edit at that moment does not
    lose it; the dispatcher goes on from it by the new schedule.
    """
    times: list[tuple[int, datetime | None, datetime | None]] = []
    for row in await timing.timed_tasks(connection, task_ids):
        if row["schedule"] is None or row["status"] != TaskStatus.ACTIVE:
            times.append((row["id"], None, None))
            continue
        if keeps_due and row["next_run_at"] is not None and row["next_run_at"] <= row["now"]:
            continue
        facts = schedule_facts(row, misfire_grace=settings.misfire_grace)
        times.append((row["id"], *first_occurrence(facts, after=row["now"])))
    await timing.count_since_now(connection, task_ids)
    if times:
        await timing.set_next(connection, times)
