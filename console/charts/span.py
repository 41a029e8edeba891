"""The span of time that charts show, with panning and zooming. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=30)
_STEPS = (5, 10, 30, 60, 300, 600, 1800, 3600, 7200)
_MOST_STEPS = 360


@dataclass(frozen=True, slots=True)
class Span:
    """A span from one instant to a later one."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        return self.until - self.since

    def at(self, share: float) -> datetime:
        """Return the instant at a share of the span, 0 to 1."""
        return self.since + self.length * share

    def zoomed(self, share: float, factor: float, now: datetime) -> "Span":
        """Return the span `factor` times as long, with the instant at `share` where it was."""
        length = min(max(self.length * factor, SHORTEST), LONGEST)
        return Span(self.at(share) - length * share, self.at(share) + length * (1 - share))._before(now)

    def moved(self, share: float, now: datetime) -> "Span":
        """Return the span moved by a share of its length, not beyond now."""
        return Span(self.since + self.length * share, self.until + self.length * share)._before(now)

    def _before(self, now: datetime) -> "Span":
        """Return the span moved back to where data can exist."""
        length = self.length
        until = min(self.until, now)
        since = max(until - length, now - LONGEST)
        return Span(since, max(until, since + min(length, LONGEST)))


def step_for(length: timedelta) -> timedelta:
    """Return the resolution that fits a span: fine, yet no more steps than a chart can show."""
    seconds = next((one for one in _STEPS if length.total_seconds() / one <= _MOST_STEPS), _STEPS[-1])
    return timedelta(seconds=seconds)
