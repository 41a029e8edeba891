"""What decides about a task's occurrences, from what is stored."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from backend.scheduling.occurrences import ScheduleFacts
from shared.enums import MisfirePolicy
from shared.models.schedule import BlackoutWindow, Weekday, day_calendar
from shared.models.timing import timing_of
from shared.schedule.calendars import DayCalendar


def stored_calendar(dates: list[str] | None, weekdays: list[str] | None) -> DayCalendar | None:
    """Return the calendar of two JSON lists; None where the task has none."""
    if dates is None or weekdays is None:
        return None
    return day_calendar([date.fromisoformat(day) for day in dates], [Weekday(day) for day in weekdays])


def schedule_facts(row: Mapping[Any, Any], *, misfire_grace: timedelta) -> ScheduleFacts:
    """Return the facts of a row of `timing.DUE_TASKS` or `timing.TIMED_TASKS`."""
    return ScheduleFacts(
        task_id=row["id"],
        timing=timing_of(
            name=row["name"],
            schedule=row["schedule"],
            timezone=row["timezone"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            calendar=stored_calendar(row["calendar_dates"], row["calendar_weekdays"]),
            calendar_policy=row["calendar_policy"],
            blackouts=[BlackoutWindow.model_validate(window) for window in row["blackouts"]],
        ),
        jitter_seconds=row["jitter_seconds"],
        misfire_policy=MisfirePolicy(row["misfire_policy"]),
        misfire_grace=misfire_grace,
        next_occurrence=row["next_occurrence_at"],
        since=row["schedule_since"],
    )
