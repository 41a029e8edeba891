"""What a schedule would do: its next times and its description, before anything is saved."""

import asyncio
from datetime import datetime

from backend.context import ServiceContext
from backend.scheduling.calendars import find_days_off
from backend.scheduling.next_times import MOST_SECONDS, next_times
from shared.errors import ValidationFailedError
from shared.models.schedule import SchedulePreview, SchedulePreviewRequest
from shared.models.timing import timing_of
from shared.schedule.calendars import DayCalendar
from shared.schedule.cron_fields import CronError
from shared.schedule.description import describe
from shared.schedule.effort import TooMuchEffortError, effort_limit
from shared.schedule.seconds_hint import seconds_hint


async def preview_schedule(context: ServiceContext, asked: SchedulePreviewRequest) -> SchedulePreview:
    """Return the next times of a schedule and its description.

    Raises `ValidationFailedError`, also for a schedule that takes longer to evaluate than any usual one.
    """
    calendar = None
    if asked.calendar is not None:
        calendar = await find_days_off(context, asked.calendar)
        if calendar is None:
            raise ValidationFailedError.of("calendar", f"calendar {asked.calendar!r} does not exist")
    after = asked.after or await context.database.now()
    try:
        return await asyncio.to_thread(_preview, asked, calendar=calendar, after=after)
    except TooMuchEffortError as error:
        raise ValidationFailedError.of("schedule", str(error)) from error


def _preview(asked: SchedulePreviewRequest, *, calendar: DayCalendar | None, after: datetime) -> SchedulePreview:
    try:
        with effort_limit(MOST_SECONDS):
            timing = timing_of(
                name=asked.name,
                schedule=asked.schedule,
                timezone=asked.timezone,
                starts_at=asked.starts_at,
                ends_at=asked.ends_at,
                calendar=calendar,
                calendar_policy=asked.calendar_policy,
                blackouts=asked.blackouts,
            )
    except CronError as error:
        raise ValidationFailedError.of("schedule", str(error)) from error
    return SchedulePreview(
        times=[instant.astimezone(asked.zone).isoformat() for instant in next_times(timing, asked.count, after=after)],
        description=describe(asked.schedule, language=asked.language, name=asked.name),
        hint=seconds_hint(asked.schedule, language=asked.language),
    )
