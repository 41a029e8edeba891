"""How long runs of a task usually take, and what is unusual. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

FEWEST = 5
"""Fewer successful runs say nothing of what is usual."""
LOW, HIGH = 0.1, 0.9
MOST_BANDS_HIGH = 4.0
"""A bar that is higher than so many times the band is cut, or one outlier would flatten all others."""


class Pace(StrEnum):
    """A duration against the usual ones."""

    FASTER = "faster"
    USUAL = "usual"
    SLOWER = "slower"


@dataclass(frozen=True, slots=True)
class UsualBand:
    """The tenth percentile, the median and the ninetieth percentile of durations, in milliseconds; of `count` runs."""

    low: float
    median: float
    high: float
    count: int

    def pace_of(self, milliseconds: float) -> Pace:
        """Return whether a duration is in the band, below or above it."""
        if milliseconds < self.low:
            return Pace.FASTER
        return Pace.SLOWER if milliseconds > self.high else Pace.USUAL


def usual_band(durations: Sequence[float]) -> UsualBand | None:
    """Return the band of the durations of successful runs, in milliseconds; None where there are too few."""
    if len(durations) < FEWEST:
        return None
    ordered = sorted(durations)
    return UsualBand(_quantile(ordered, LOW), _quantile(ordered, 0.5), _quantile(ordered, HIGH), len(ordered))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of ordered values, interpolated between the two that are next to it."""
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def chart_top(durations: Sequence[float], band: UsualBand | None) -> float:
    """Return the highest value that a chart of durations has to show: all of them, or several bands."""
    highest = max([*durations, band.high if band else 0.0, 1.0])
    if band is not None and band.high > 0:
        return min(highest, max(MOST_BANDS_HIGH * band.high, 1.0))
    return highest
