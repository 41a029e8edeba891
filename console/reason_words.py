"""Why a run failed or has not started, in the language of the console."""

import re

from console.waiting_words import waiting_words
from console.words import tr
from shared.enums import RunStatus
from shared.models.run import Run

_TIMED_OUT = re.compile(r"timed out after ([\d.]+) s")


def reason(run: Run) -> str:
    """Return why a run failed or has not started; errors that every worker reports are translated."""
    error = run.error or ""
    if error and error == f"exit code {run.exit_code}":
        return tr("exit code %1", run.exit_code)
    if run.status is RunStatus.TIMED_OUT:
        seconds = _TIMED_OUT.fullmatch(error)
        return tr("timed out after %1 s", seconds[1]) if seconds else error or tr("timed out")
    if run.status is RunStatus.SKIPPED:
        return _skipped_words(error)
    return waiting_words(run.waiting) if run.waiting is not None else error


def is_plain_timeout(run: Run) -> bool:
    """Whether the reason says no more than that the run timed out, and after how long."""
    return run.status is RunStatus.TIMED_OUT and _TIMED_OUT.fullmatch(run.error or "") is not None


def _skipped_words(error: str) -> str:
    """Return why an occurrence was skipped; `backend/scheduling/due.py` decides it."""
    if error == "Skipped: the previous run of the task had not ended when this occurrence was due.":
        return tr("The previous run of the task had not ended when this occurrence was due.")
    if error == "Skipped: another occurrence of the task was already waiting when this one was due.":
        return tr("Another occurrence of the task was already waiting when this one was due.")
    return error
