"""Statuses, triggers and results of runs in the language of the console."""

import re
from collections.abc import Sequence

from console.waiting_words import waiting_words
from console.words import duration, tr
from shared.enums import RunDistribution, RunStatus, RunTrigger, TaskStatus, WorkerStatus
from shared.models.run import ResourceSample, Run

_TIMED_OUT = re.compile(r"timed out after ([\d.]+) s")


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


def reason(run: Run) -> str:
    """Return why a run failed or has not started; errors that every worker reports are translated."""
    error = run.error or ""
    if error and error == f"exit code {run.exit_code}":
        return tr("exit code %1", run.exit_code)
    if run.status is RunStatus.TIMED_OUT:
        seconds = _TIMED_OUT.fullmatch(error)
        return tr("timed out after %1 s", seconds[1]) if seconds else error or tr("timed out")
    return waiting_words(run.waiting_reason) if run.waiting_reason else error


def progress_words(run: Run) -> str:
    """Return the progress that a run reported."""
    percent = "" if run.progress_percent is None else f"{run.progress_percent:g} %"
    return " ".join(part for part in (percent, run.progress_text or "") if part)


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
        return tr("CPU %1 %, memory %2 MiB", f"{last.cpu_percent:.0f}", f"{last.memory_bytes / 2**20:.1f}")
    return ""
