"""Windows in which no occurrence is due: from one instant to another, or again and again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from shared.schedule.cron import CronExpression


class Blackout(Protocol):
    """A window, or many."""

    def closed_until(self, instant: datetime, *, zone: ZoneInfo) -> datetime | None:
        """Return the end of the window that `instant` lies in; None outside. The end itself is open again."""


@dataclass(frozen=True, slots=True)
class BlackoutSpan:
    """One window."""

    starts_at: datetime
    ends_at: datetime

    def closed_until(self, instant: datetime, *, zone: ZoneInfo) -> datetime | None:
        """Return the end of the window that `instant` lies in; None outside."""
        return self.ends_at if self.starts_at <= instant < self.ends_at else None


@dataclass(frozen=True, slots=True)
class RecurringBlackout:
    """A window that begins at each occurrence of a cron expression, in the task's zone."""

    schedule: str
    duration: timedelta

    def closed_until(self, instant: datetime, *, zone: ZoneInfo) -> datetime | None:
        """Return the end of the last window that `instant` lies in; None outside."""
        began = None
        expression = CronExpression.parse(self.schedule, hash_key="")
        for start in expression.iterate(instant - self.duration, zone=zone):
            if start > instant:
                break
            began = start
        return began + self.duration if began else None
