"""Statuses, triggers and progress of runs in the language of the console."""

from collections.abc import Sequence
from datetime import datetime

from console.words import Times, duration, percent, tr
from shared.enums import RunDistribution, RunStatus, RunTrigger, TaskStatus, WorkerStatus
from shared.models.run import ResourceSample, Run


def status_words(status: RunStatus | TaskStatus | WorkerStatus) -> str:
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


def last_run_words(status: RunStatus, at: datetime | None, times: Times) -> str:
    """Return how the last run of a task is, and since when."""
    when = times.show(at)
    return tr("%2 %1", when, status_words(status)) if when else status_words(status)


def attempt_outcome_words(outcome: str) -> str:
    """Return the name of an attempt's outcome: the status of a run, or that its worker was lost."""
    if outcome in set(RunStatus):
        return status_words(RunStatus(outcome))
    return {"lost": tr("Worker lost")}.get(outcome, outcome.replace("_", " "))


def trigger_words(trigger: RunTrigger) -> str:
    """Return the name of a trigger."""
    return {
        RunTrigger.SCHEDULE: tr("Schedule"),
        RunTrigger.MANUAL: tr("Manual"),
        RunTrigger.DEPENDENCY: tr("Dependency"),
        RunTrigger.RETRY: tr("Retry"),
        RunTrigger.API: tr("API"),
        RunTrigger.BACKFILL: tr("Backfill"),
        RunTrigger.FAN_OUT: tr("Fan-out"),
    }[trigger]


def progress_words(run: Run) -> str:
    """Return the progress that a run reported."""
    done = "" if run.progress_percent is None else percent(run.progress_percent)
    return " ".join(part for part in (done, run.progress_text or "") if part)


def group_words(run: Run) -> str:
    """Return the place of a run in its fan-out, or how it fans out."""
    if run.distribution is RunDistribution.BROADCAST:
        return tr("once on each matching worker")
    if run.distribution is RunDistribution.SHARDED:
        return tr("as numbered shards")
    if run.shard_index is None:
        return ""
    return tr("%1 of %2", run.shard_index + 1, run.shard_total)


def resource_words(run: Run, samples: Sequence[ResourceSample]) -> str:
    """Return the resources that a run used in all, or the last sample while it runs."""
    if run.cpu_ms is not None and run.peak_memory_bytes is not None:
        return tr("CPU time %1, peak memory %2 MiB", duration(run.cpu_ms), f"{run.peak_memory_bytes / 2**20:.1f}")
    if samples:
        last = samples[-1]
        return tr("CPU %1%, memory %2 MiB", f"{last.cpu_percent:.0f}", f"{last.memory_bytes / 2**20:.1f}")
    return ""
