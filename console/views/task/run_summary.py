"""What the last runs of a task say together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.charts.run_chart import RunMark
from console.charts.usual_band import Pace, UsualBand, usual_band
from console.reason_words import reason
from console.status_words import status_words
from console.theme.glyphs import GLYPH_OF
from console.words import Times, duration, tr
from shared.enums import RunStatus
from shared.models.run import Run

_JUDGED = (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.TIMED_OUT)
"""Outcomes that say whether a task works; a run that was cancelled or skipped does not."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """`judged` runs ended by themselves, `succeeded` of them well. `band` is how long successful runs usually take."""

    judged: int
    succeeded: int
    band: UsualBand | None

    @property
    def share(self) -> float | None:
        """The share that succeeded, 0 to 1; None where no run says."""
        return self.succeeded / self.judged if self.judged else None


def run_milliseconds(run: Run, now: datetime) -> float | None:
    """Return how long a run took, or has run so far; None where it has not started."""
    if run.execution_time_ms is not None:
        return float(run.execution_time_ms)
    if run.started_at is None:
        return None
    return max((run.completed_at or now).timestamp() - run.started_at.timestamp(), 0.0) * 1000


def summarise(runs: Sequence[Run]) -> RunSummary:
    """Return what runs say together."""
    judged = [run for run in runs if run.status in _JUDGED]
    good = [run for run in judged if run.status is RunStatus.SUCCEEDED]
    lengths = [float(run.execution_time_ms) for run in good if run.execution_time_ms is not None]
    return RunSummary(len(judged), len(good), usual_band(lengths))


def band_words(band: UsualBand | None) -> str:
    """Return the usual duration in words; empty where it is not known."""
    if band is None:
        return ""
    low, high = duration(round(band.low)), duration(round(band.high))
    return low if low == high else tr("%1 to %2", low, high)


def pace_words(milliseconds: float | None, band: UsualBand | None) -> str:
    """Return how a duration compares with the usual ones, where it is not one of them."""
    if milliseconds is None or band is None:
        return ""
    return {
        Pace.FASTER: tr("faster than usual"),
        Pace.USUAL: "",
        Pace.SLOWER: tr("slower than usual"),
    }[band.pace_of(milliseconds)]


def marks_of(runs: Sequence[Run], band: UsualBand | None, times: Times, now: datetime) -> list[RunMark]:
    """Return the marks of a chart for runs that come the newest first."""
    return [_mark(run, band, times, now) for run in reversed(runs)]


def _mark(run: Run, band: UsualBand | None, times: Times, now: datetime) -> RunMark:
    took = run_milliseconds(run, now)
    at = times.show(run.completed_at or run.started_at or run.queued_at, now)
    why = reason(run) if run.status in (RunStatus.FAILED, RunStatus.TIMED_OUT) else ""
    parts = [
        tr("Run %1", run.id),
        status_words(run.status),
        duration(round(took)) if took is not None else "",
        pace_words(took, band) if run.status is RunStatus.SUCCEEDED else "",
        why.splitlines()[0] if why else "",
        at,
    ]
    return RunMark(run.id, GLYPH_OF[run.status], took, " · ".join(part for part in parts if part))


def with_run(runs: Sequence[Run], changed: Run, *, most: int) -> list[Run]:
    """Return runs, the newest first, with a newer state of one of them, or with a new one."""
    others = [run for run in runs if run.id != changed.id]
    return sorted([changed, *others], key=lambda run: -run.id)[:most]
