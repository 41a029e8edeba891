"""What decides when a task is due, as the database gives it, and the statements that read and store it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.scheduling.occurrences import ScheduleFacts
from shared.enums import CalendarPolicy, MisfirePolicy, TaskStatus
from shared.models.schedule import BlackoutWindow, Weekday, day_calendar
from shared.models.timing import timing_of
from shared.schedule.calendars import DayCalendar

SCHEDULE_COLUMNS = (
    "t.id, t.name, t.status, t.schedule, t.timezone, t.starts_at, t.ends_at, c.dates, c.weekdays, t.calendar_policy, "
    "t.blackouts, t.jitter_seconds, t.misfire_policy, t.next_occurrence_at, t.next_run_at, t.schedule_since, now()"
)
"""What `read_schedule` reads, of `tasks t` joined with its `calendars c`. A statement may select more behind it."""
SCHEDULE_WIDTH = 17

LOCK = text(
    f"""
    select {SCHEDULE_COLUMNS} from tasks t left join calendars c on c.name = t.calendar
    where t.id = any(cast(:task_ids as bigint[])) and t.deleted_at is null order by t.id for update of t
    """  # noqa: S608
)

READ = text(
    f"""
    select {SCHEDULE_COLUMNS} from tasks t left join calendars c on c.name = t.calendar
    where t.id = any(cast(:task_ids as bigint[])) and t.deleted_at is null
    """  # noqa: S608
)

SET_NEXT = text(
    """
    update tasks set next_occurrence_at = n.occurrence, next_run_at = n.due
    from unnest(cast(:task_ids as bigint[]), cast(:occurrences as timestamptz[]), cast(:dues as timestamptz[]))
        as n (task_id, occurrence, due)
    where tasks.id = n.task_id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledTask:
    """What decides when a task is due; `schedule` is None if it has none. `now` is the database's time."""

    id: int
    name: str
    status: TaskStatus
    schedule: str | None
    timezone: str
    starts_at: datetime | None
    ends_at: datetime | None
    calendar: DayCalendar | None
    calendar_policy: CalendarPolicy
    blackouts: tuple[BlackoutWindow, ...]
    jitter_seconds: int
    misfire_policy: MisfirePolicy
    next_occurrence_at: datetime | None
    next_run_at: datetime | None
    schedule_since: datetime | None
    now: datetime

    @property
    def is_active(self) -> bool:
        """Whether the task has a schedule and is not paused."""
        return self.schedule is not None and self.status is TaskStatus.ACTIVE

    def facts(self, *, misfire_grace: timedelta) -> ScheduleFacts:
        """Return what decides about the occurrences of a task that has a schedule."""
        assert self.schedule is not None
        return ScheduleFacts(
            task_id=self.id,
            timing=timing_of(
                name=self.name,
                schedule=self.schedule,
                timezone=self.timezone,
                starts_at=self.starts_at,
                ends_at=self.ends_at,
                calendar=self.calendar,
                calendar_policy=self.calendar_policy,
                blackouts=self.blackouts,
            ),
            jitter_seconds=self.jitter_seconds,
            misfire_policy=self.misfire_policy,
            misfire_grace=misfire_grace,
            next_occurrence=self.next_occurrence_at,
            since=self.schedule_since,
        )


@dataclass(frozen=True, slots=True)
class NextOccurrence:
    """A task's next nominal occurrence and when it is due; None twice if it has none."""

    task_id: int
    occurrence: datetime | None
    due: datetime | None


def read_schedule(row: Sequence[Any]) -> ScheduledTask:
    """Return what a row begins with that selects `SCHEDULE_COLUMNS`."""
    (
        task_id,
        name,
        status,
        schedule,
        timezone,
        starts_at,
        ends_at,
        dates,
        weekdays,
        calendar_policy,
        blackouts,
        jitter_seconds,
        misfire_policy,
        next_occurrence_at,
        next_run_at,
        schedule_since,
        now,
    ) = row[:SCHEDULE_WIDTH]
    return ScheduledTask(
        id=task_id,
        name=name,
        status=TaskStatus(status),
        schedule=schedule,
        timezone=timezone,
        starts_at=starts_at,
        ends_at=ends_at,
        calendar=days_off(dates, weekdays),
        calendar_policy=CalendarPolicy(calendar_policy),
        blackouts=tuple(BlackoutWindow.model_validate(window) for window in blackouts),
        jitter_seconds=jitter_seconds,
        misfire_policy=MisfirePolicy(misfire_policy),
        next_occurrence_at=next_occurrence_at,
        next_run_at=next_run_at,
        schedule_since=schedule_since,
        now=now,
    )


def days_off(dates: list[str] | None, weekdays: list[str] | None) -> DayCalendar | None:
    """Return the calendar that two JSON lists describe, or None if the task has none."""
    if dates is None or weekdays is None:
        return None
    return day_calendar([date.fromisoformat(day) for day in dates], [Weekday(day) for day in weekdays])


async def lock_schedule_rows(connection: AsyncConnection, task_ids: Sequence[int]) -> Sequence[Sequence[Any]]:
    """Return rows for `read_schedule`, in the order of the tasks' ids, locked until the transaction ends."""
    return (await connection.execute(LOCK, {"task_ids": list(task_ids)})).all()


async def schedule_rows(connection: AsyncConnection, task_ids: Sequence[int]) -> Sequence[Sequence[Any]]:
    """Return rows for `read_schedule`, without a lock."""
    return (await connection.execute(READ, {"task_ids": list(task_ids)})).all()


async def set_next(connection: AsyncConnection, times: Sequence[NextOccurrence]) -> None:
    """Store when tasks are due next."""
    await connection.execute(
        SET_NEXT,
        {
            "task_ids": [one.task_id for one in times],
            "occurrences": [one.occurrence for one in times],
            "dues": [one.due for one in times],
        },
    )
