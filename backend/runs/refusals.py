"""Why a run cannot be changed as a person asks, in one sentence each."""

from shared.enums import RunStatus
from shared.errors import NotFoundError


def run_not_found(run_id: int) -> NotFoundError:
    """Return the error for a run that does not exist."""
    return NotFoundError(_missing(run_id))


def task_not_found(task_id: int) -> NotFoundError:
    """Return the error for a task that does not exist."""
    return NotFoundError(f"Task {task_id} does not exist.")


def why_not_cancelled(run_id: int, status: RunStatus | None) -> str | None:
    """Return why a run cannot be cancelled, or None where it can; `status` None: there is no such run."""
    if status is None:
        return _missing(run_id)
    return _ended(run_id, status) if status.is_final else None


def why_not_moved(run_id: int, status: RunStatus | None) -> str | None:
    """Return why a run cannot be moved in the queue, or None where it can: only a run that waits has a place."""
    if status is None:
        return _missing(run_id)
    if status.is_final:
        return _ended(run_id, status)
    return f"Run {run_id} has already started: it is {status}." if status.is_held_by_worker else None


def why_not_retried(run_id: int, status: RunStatus) -> str | None:
    """Return why a run cannot be retried by hand, or None where it can."""
    return None if status.is_final else f"Run {run_id} has not ended: it is {status}. Cancel it first."


def _missing(run_id: int) -> str:
    return f"Run {run_id} does not exist."


def _ended(run_id: int, status: RunStatus) -> str:
    return f"Run {run_id} has already ended: it is {status.replace('_', ' ')}."
