"""The span and the step of a chart."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.context import ServiceContext
from shared.errors import ValidationFailedError

MOST_STEPS = 2000
"""More points than a chart has pixels."""
FINEST_STEP = timedelta(seconds=5)
"""The queue is sampled every five seconds."""
_DEFAULT_SPAN = timedelta(hours=1)
_DEFAULT_STEPS = 300
_STEPS_SECONDS = (5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400)
"""Each divides a day, so that steps begin at whole minutes, hours and days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpan:
    """From `since` up to but not including `until`, in steps of `step`."""

    since: datetime
    until: datetime
    step: timedelta

    @property
    def step_seconds(self) -> int:
        """The length of a step in whole seconds."""
        return int(self.step.total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedSpan:
    """What a client asks for; by default the last hour in about 300 steps."""

    since: datetime | None = None
    until: datetime | None = None
    step_seconds: int | None = None

    def resolve(self, *, now: datetime) -> TimeSpan:
        """Return the span with the next coarser step that charts use; raises `ValidationFailedError`."""
        until = self.until or now
        since = self.since or until - _DEFAULT_SPAN
        if since >= until:
            raise ValidationFailedError.of("since", "must be before until")
        wanted = self.step_seconds or (until - since).total_seconds() / _DEFAULT_STEPS
        seconds = next((step for step in _STEPS_SECONDS if step >= wanted), _STEPS_SECONDS[-1])
        step = max(FINEST_STEP, timedelta(seconds=seconds))
        if (until - since) / step > MOST_STEPS:
            raise ValidationFailedError.of(
                "resolution", f"would give more than {MOST_STEPS} steps; use a coarser resolution or a shorter span"
            )
        return TimeSpan(since=since, until=until, step=step)


async def resolve_span(context: ServiceContext, requested: RequestedSpan) -> TimeSpan:
    """Return the span; without `until` it ends now, by the database's clock."""
    return requested.resolve(now=requested.until or await context.database.now())
