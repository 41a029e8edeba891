"""How a run is, in a few sentences. Pure."""

from datetime import datetime

from console.charts.usual_band import UsualBand
from console.reason_words import is_plain_timeout, reason
from console.status_words import progress_words, status_words
from console.views.runs.log.ansi import plain_text
from console.views.task.run_summary import pace_words, run_milliseconds
from console.words import Times, duration, sentences, tr
from shared.enums import RunStatus
from shared.models.run import Run


def state_words(run: Run, band: UsualBand | None, times: Times, now: datetime) -> str:
    """Return the status, since when, how long it took against the usual, and why it failed or waits."""
    status = status_words(run.status)
    took = run_milliseconds(run, now)
    if run.status.is_final:
        at = times.show(run.completed_at, now)
        words = tr("%2 %1", at, status) if at else status
        parts = [tr("%1, after %2", words, duration(round(took))) if took is not None else words]
        pace = pace_words(took, band) if run.status is RunStatus.SUCCEEDED else ""
        parts.append(tr("This was %1", pace) if pace else "")
    elif took is not None:
        parts = [tr("%1 for %2", status, duration(round(took))), progress_words(run)]
    elif run.waiting is not None:  # the reason says that it waits
        parts = [tr("Queued %1", times.show(run.queued_at, now))]
    else:
        waited = duration(round((now - run.queued_at).total_seconds() * 1000))
        parts = [tr("%1 for %2", status, waited)]
    if run.cancel_requested_at is not None and not run.status.is_final:
        parts.append(tr("Its cancellation was requested"))
    why = "" if is_plain_timeout(run) else reason(run)
    parts.append(why[:1].upper() + why[1:])
    return sentences(*parts)


def last_error_line(run: Run) -> str:
    """Return the last line that a run wrote to its error output, without colours; empty where it wrote none."""
    lines = [plain_text(line).strip() for line in (run.stderr_tail or "").splitlines()]
    return next((line for line in reversed(lines) if line), "")
