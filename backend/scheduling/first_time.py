"""When a task that is being created is due first."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from backend.faults.model import ITEM_ERRORS
from backend.scheduling.model import NextOccurrence
from backend.scheduling.occurrences import ScheduleFacts, first_occurrence
from backend.scheduling.set_aside import reason_of
from shared.enums import TaskStatus
from shared.errors import ValidationFailedError
from shared.models.task import TaskFields
from shared.models.timing import timing_of
from shared.schedule.calendars import DayCalendar
from shared.schedule.effort import TooMuchEffortError, effort_limit

_ON_LOOP_SECONDS = 0.003
"""Most schedules are evaluated in less, and a change to another thread and back takes as long as they do."""


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """A task that is not stored yet, with its id, the days of its calendar and the database's time."""

    task_id: int
    fields: TaskFields
    calendar: DayCalendar | None
    now: datetime


async def first_time(new: NewSchedule, *, misfire_grace: timedelta) -> NextOccurrence:
    """Return when it is due first; raises `ValidationFailedError` for a schedule that cannot be evaluated."""
    if new.fields.schedule is None or new.fields.status is not TaskStatus.ACTIVE:
        return NextOccurrence(new.task_id, None, None)
    evaluate = partial(_first_time, new, new.fields.schedule, misfire_grace)
    try:
        try:
            with effort_limit(_ON_LOOP_SECONDS):
                return evaluate()
        except TooMuchEffortError:
            with effort_limit():
                return await asyncio.to_thread(evaluate)
    except ITEM_ERRORS as error:
        raise ValidationFailedError.of("schedule", reason_of(error)) from error


def _first_time(new: NewSchedule, schedule: str, misfire_grace: timedelta) -> NextOccurrence:
    fields = new.fields
    facts = ScheduleFacts(
        task_id=new.task_id,
        timing=timing_of(
            name=fields.name,
            schedule=schedule,
            timezone=fields.timezone,
            starts_at=fields.starts_at,
            ends_at=fields.ends_at,
            calendar=new.calendar,
            calendar_policy=fields.calendar_policy,
            blackouts=fields.blackouts,
        ),
        jitter_seconds=fields.jitter_seconds,
        misfire_policy=fields.misfire_policy,
        misfire_grace=misfire_grace,
    )
    return NextOccurrence(new.task_id, *first_occurrence(facts, after=new.now))
