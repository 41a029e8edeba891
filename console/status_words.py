"""Status, trigger and priority in the person's language."""

from console.words import tr
from shared.enums import RunStatus, RunTrigger, TaskStatus, WorkerStatus
from shared.models.run import Run


def status_words(status: RunStatus | TaskStatus | WorkerStatus) -> str:
    """Return the name of a status."""
    return {
        RunStatus.BLOCKED: tr("Blocked"),
        RunStatus.PENDING: tr("Waiting"),
        RunStatus.DISPATCHED: tr("Starting"),
        RunStatus.RUNNING: tr("Running"),
        RunStatus.SUCCEEDED: tr("Succeeded"),
        RunStatus.FAILED: tr("Failed"),
        RunStatus.TIMED_OUT: tr("Timed out"),
        RunStatus.CANCELLED: tr("Cancelled"),
        RunStatus.SKIPPED: tr("Skipped"),
        TaskStatus.ACTIVE: tr("Active"),
        TaskStatus.PAUSED: tr("Paused"),
        WorkerStatus.ONLINE: tr("Online"),
        WorkerStatus.DRAINING: tr("Draining"),
        WorkerStatus.OFFLINE: tr("Offline"),
        WorkerStatus.LOST: tr("Lost"),
    }[status]


def trigger_words(trigger: RunTrigger) -> str:
    """Return what made a run."""
    return {
        RunTrigger.SCHEDULE: tr("Schedule"),
        RunTrigger.MANUAL: tr("By hand"),
        RunTrigger.DEPENDENCY: tr("Dependency"),
        RunTrigger.RETRY: tr("Retry"),
        RunTrigger.API: tr("API"),
    }[trigger]


def reason(run: Run) -> str:
    """Return why a run ended badly or has not begun, in a few words."""
    if run.status is RunStatus.TIMED_OUT:
        return run.error or tr("timed out")
    return run.error or run.waiting_reason or ""
