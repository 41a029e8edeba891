"""Correct next occurrences that were stored while the database's clock was ahead.

Without it a task would be silent until the wrong time comes.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.faults.model import ITEM_ERRORS, NewFault
from backend.faults.store import store_faults
from backend.scheduling.model import (
    SCHEDULE_COLUMNS,
    NextOccurrence,
    ScheduledTask,
    lock_schedule_rows,
    read_schedule,
    set_next,
)
from backend.scheduling.occurrences import LATEST_CORRECTED, corrected_occurrence
from backend.settings import Settings
from shared.enums import FaultKind
from shared.schedule.effort import effort_limit

_MOST_NAMED = 3

# From the primary key. Tasks that are due soon need no evaluation.
SUSPECTS = text(
    f"""
    select {SCHEDULE_COLUMNS} from tasks t left join calendars c on c.name = t.calendar
    where t.id > :after and t.status = 'active' and t.schedule is not null and t.deleted_at is null
        and (t.next_run_at is null or t.next_run_at > now() + cast(:margin as interval))
    order by t.id limit :most
    """  # noqa: S608
)

# A change that was made while the clock was ahead counts from now.
SINCE_NOW = text(
    "update tasks set schedule_since = now() where id = any(cast(:task_ids as bigint[])) and schedule_since > now()"
)


@dataclass(frozen=True, slots=True)
class Suspects:
    """Active tasks of a batch whose stored next occurrence is later than their schedule says.

    `last_id` is the last task of the batch, None at the end of the tasks.
    """

    task_ids: Sequence[int]
    last_id: int | None


async def read_suspects(connection: AsyncConnection, *, after: int, most: int, settings: Settings) -> Suspects:
    """Examine up to `most` tasks with a greater id than `after`, without a lock."""
    rows = (await connection.execute(SUSPECTS, {"after": after, "most": most, "margin": LATEST_CORRECTED})).all()
    found = [one.task.id for one in await asyncio.to_thread(_corrections, rows, settings)]
    return Suspects(found, rows[-1][0] if len(rows) == most else None)


async def correct(connection: AsyncConnection, task_ids: Sequence[int], *, settings: Settings) -> int:
    """Set the next occurrence of tasks to what their schedule says, where it is later; return how many changed.

    An occurrence that has a run already gets no other: occurrences are unique.
    """
    times: list[NextOccurrence] = []
    named: list[str] = []
    rows = await lock_schedule_rows(connection, task_ids)
    for one in await asyncio.to_thread(_corrections, rows, settings):
        task, right = one.task, one.occurrence
        times.append(NextOccurrence(task.id, right, one.due))
        stored = f"was {task.next_occurrence_at:%Y-%m-%d %H:%M}" if task.next_occurrence_at else "was missing"
        named.append(f"{task.name} {stored}, is {right:%Y-%m-%d %H:%M} UTC")
    if times:
        await connection.execute(SINCE_NOW, {"task_ids": [one.task_id for one in times]})
        await set_next(connection, times)
        await store_faults(connection, [_fault(named)])
    return len(times)


@dataclass(frozen=True, slots=True)
class _Correction:
    """What the next occurrence of a task should be, and when it is due."""

    task: ScheduledTask
    occurrence: datetime
    due: datetime


def _corrections(rows: Sequence[Sequence[Any]], settings: Settings) -> list[_Correction]:
    """Return the corrections; a task whose schedule cannot be evaluated is paused when it is due."""
    found = []
    for row in rows:
        with contextlib.suppress(*ITEM_ERRORS), effort_limit():
            task = read_schedule(row)
            if not task.is_active:
                continue
            facts = task.facts(misfire_grace=settings.misfire_grace)
            right = corrected_occurrence(facts, now=task.now)
            if right is not None:
                found.append(_Correction(task, right, facts.due(right)))
    return found


def _fault(named: Sequence[str]) -> NewFault:
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return NewFault(
        kind=FaultKind.CORRECTED,
        object_type="schedules",
        object_id="next occurrence",
        cause=f"next occurrences were later than their schedules say: {'; '.join(named[:_MOST_NAMED])}{more}",
        next_step="They were corrected. The clock of PostgreSQL's machine was probably ahead: synchronize it with NTP.",
    )
