"""Windows in which no occurrence is due: a single one, or one at each occurrence of a cron expression."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from shared.instants import LATEST
from shared.schedule.cron import CronExpression

_MAX_CHAINED = 500
"""Windows that are followed in one evaluation: eight hours of one a minute."""

_CHAINED_AS_ONE = 20
"""So many steps of a chain take as long as one evaluation without."""


@dataclass(frozen=True, slots=True)
class WindowState:
    """Whether a window is closed at an instant, and until when that holds; None: for ever.

    The end of a window is open again. `effort` is what the evaluation took, in the unit of the walk's limit.
    """

    is_closed: bool
    until: datetime | None
    effort: int = 1


class Blackout(Protocol):
    """A window or a series of windows."""

    def state_at(self, instant: datetime, *, zone: ZoneInfo) -> WindowState:
        """Return whether `instant` lies in a window."""


@dataclass(frozen=True, slots=True)
class BlackoutSpan:
    """One window."""

    starts_at: datetime
    ends_at: datetime

    def state_at(self, instant: datetime, *, zone: ZoneInfo) -> WindowState:
        """Return whether `instant` lies in the window."""
        if instant < self.starts_at:
            return WindowState(is_closed=False, until=self.starts_at)
        if instant < self.ends_at:
            return WindowState(is_closed=True, until=self.ends_at)
        return WindowState(is_closed=False, until=None)


@dataclass(frozen=True, slots=True)
class RecurringBlackout:
    """A window that begins at each occurrence of a cron expression in the task's zone."""

    schedule: str
    duration: timedelta

    def state_at(self, instant: datetime, *, zone: ZoneInfo) -> WindowState:
        """Return whether `instant` lies in a window; windows that touch or overlap are followed to their common end.

        Beyond `_MAX_CHAINED` windows in a row the end of the last one is returned, although it is closed as well.
        """
        expression = CronExpression.parse(self.schedule, hash_key="")
        began = expression.last_until(instant, since=instant - self.duration, zone=zone)
        if began is not None:
            until, chained = began + self.duration, 0
            for start in expression.iterate(began, zone=zone):
                if start > until or chained == _MAX_CHAINED or until >= LATEST:
                    break
                until, chained = start + self.duration, chained + 1
            return WindowState(is_closed=True, until=until, effort=1 + chained // _CHAINED_AS_ONE)
        return WindowState(is_closed=False, until=next(expression.iterate(instant, zone=zone), None))
