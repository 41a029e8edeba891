"""Schedules, blackouts and calendars."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from shared.enums import CalendarPolicy
from shared.models.base import GivenDay, GivenTimestamp, Input, Output, Timestamp, one_of, promised
from shared.schedule.blackouts import Blackout, BlackoutSpan, RecurringBlackout
from shared.schedule.calendars import DayCalendar
from shared.schedule.cron import CronExpression
from shared.schedule.cron_fields import CronError
from shared.time_zones import time_zone

MOST_DATES = 5000


def check_timezone(value: str) -> str:
    """Return `value` if it names an IANA zone; raises ValueError with an example otherwise."""
    time_zone(value)
    return value


Timezone = Annotated[
    str, AfterValidator(check_timezone), promised(format="iana-time-zone", minLength=1, examples=["Europe/Berlin"])
]


class BlackoutWindow(Input):
    """A time without occurrences: from `starts_at` to `ends_at`, or for `duration_seconds` from each of `schedule`."""

    model_config = ConfigDict(
        json_schema_extra=one_of(("starts_at", "ends_at"), ("schedule", "duration_seconds")),
    )

    starts_at: GivenTimestamp | None = None
    ends_at: GivenTimestamp | None = None
    schedule: Annotated[str, StringConstraints(max_length=255)] | None = None
    duration_seconds: int | None = Field(default=None, ge=1, le=366 * 86_400)

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if self.schedule is not None and self.duration_seconds is not None:
            if self.starts_at is not None or self.ends_at is not None:
                raise ValueError("give either starts_at and ends_at, or schedule and duration_seconds")
            try:
                CronExpression.parse(self.schedule, hash_key="")
            except CronError as error:
                raise ValueError(str(error)) from error
        elif self.starts_at is None or self.ends_at is None or self.schedule or self.duration_seconds:
            raise ValueError("give starts_at and ends_at, or schedule (cron) and duration_seconds")
        elif self.ends_at <= self.starts_at:
            raise ValueError("ends_at must be after starts_at")
        return self

    def decider(self) -> Blackout:
        """Return what decides whether an instant lies in the window."""
        if self.schedule is not None and self.duration_seconds is not None:
            return RecurringBlackout(self.schedule, timedelta(seconds=self.duration_seconds))
        assert self.starts_at is not None
        assert self.ends_at is not None
        return BlackoutSpan(self.starts_at, self.ends_at)


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


def day_calendar(dates: list[date], weekdays: list[Weekday]) -> DayCalendar:
    """Return what decides whether a day is off."""
    order = list(Weekday)
    return DayCalendar(frozenset(dates), frozenset(order.index(day) for day in weekdays))


class CalendarFields(Input):
    """A named list of days on which tasks do not run."""

    description: str | None = Field(default=None, max_length=10_000)
    dates: list[GivenDay] = Field(default=[], max_length=MOST_DATES)
    weekdays: list[Weekday] = Field(default=[], max_length=7)

    @field_validator("weekdays")
    @classmethod
    def _leaves_a_day(cls, value: list[Weekday]) -> list[Weekday]:
        if len(set(value)) == len(Weekday):
            raise ValueError("excludes every day of the week; name six at most")
        return value


class Calendar(Output):
    """A stored calendar; `task_count` tasks use it."""

    name: str
    description: str | None = None
    dates: list[date] = []
    weekdays: list[Weekday] = []
    task_count: int = 0
    updated_at: Timestamp


class SchedulePreviewRequest(Input):
    """A schedule to preview."""

    schedule: str = Field(min_length=1, max_length=255)
    timezone: Timezone = "UTC"
    count: int = Field(default=10, ge=1, le=1000)
    after: GivenTimestamp | None = None
    starts_at: GivenTimestamp | None = None
    ends_at: GivenTimestamp | None = None
    calendar: str | None = Field(default=None, min_length=1, max_length=100)
    calendar_policy: CalendarPolicy = CalendarPolicy.SKIP
    blackouts: list[BlackoutWindow] = Field(default=[], max_length=100)
    name: str = Field(default="", max_length=255, description="Spreads H as the task of this name would.")
    language: str = Field(default="en", pattern="^(en|zh)$", description="Of the description: en or zh.")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the schedule."""
        return time_zone(self.timezone)


class SchedulePreview(Output):
    """The next times, with the time zone's offset, and the schedule in words.

    `hint` says what may not be meant, such as a schedule that is due in every second.
    """

    times: list[str]
    description: str
    hint: str | None = None


class UpcomingTimes(Output):
    """The next occurrences of a task, with its jitter."""

    times: list[Timestamp]
