"""A run as it is read: the columns that answers and events show."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import to_json

from backend.runs.limits import Hold
from backend.workers.assignment import WorkerLoad, why_unschedulable
from shared.enums import Priority, PriorityLevel, RunDistribution, RunStatus, RunTrigger
from shared.models.base import rfc3339
from shared.models.run import Run

SUMMARY_COLUMNS = """
    r.id, r.task_id, r.task_version, t.name as task_name, r.status, r.hold, r.trigger, r.priority,
    r.scheduled_for, r.parent_run_id, r.attempt, r.worker_id, r.queued_at, r.not_before, r.dispatched_at,
    r.started_at, r.completed_at, r.cancel_requested_at, r.exit_code, r.error, r.execution_time_ms,
    r.fan_out_run_id, r.distribution, r.shard_index, r.shard_total, r.backfill_id, r.concurrency_group, r.placement,
    r.http_status, r.progress_percent, r.progress_text, r.cpu_ms, r.peak_memory_bytes
"""
"""Of `runs r` joined with `tasks t`: all but the output's tails."""

_TOLD_AS_THEY_ARE = (
    "id",
    "task_id",
    "task_version",
    "task_name",
    "status",
    "trigger",
    "parent_run_id",
    "attempt",
    "worker_id",
    "exit_code",
    "error",
    "execution_time_ms",
    "fan_out_run_id",
    "distribution",
    "shard_index",
    "shard_total",
    "backfill_id",
    "concurrency_group",
    "http_status",
    "progress_percent",
    "progress_text",
    "cpu_ms",
    "peak_memory_bytes",
)
_TIMES = (
    "scheduled_for",
    "queued_at",
    "not_before",
    "dispatched_at",
    "started_at",
    "completed_at",
    "cancel_requested_at",
)
_PRIORITIES = {level: Priority.from_level(level) for level in PriorityLevel}
_REASONS = {
    Hold.DELAY: "waits for its next try",
    Hold.LIMIT: "waits: the task runs as often at once as its limit allows",
    Hold.OVERLAP: "waits for the task's last run to end",
    Hold.BACKFILL: "waits for its turn in the backfill",
    Hold.EXPAND: "waits for an online worker to begin with",
}


def run_from_row(row: Mapping[Any, Any], *, online: Sequence[WorkerLoad] | None = None) -> Run:
    """Return the run of a row with `SUMMARY_COLUMNS`, and its tails where the row has them.

    `online` are the workers that could take it: with them a run that none of them ever could says so.
    """
    fields = dict(row)
    reason = _waiting_reason(row)
    if online is not None and fields["status"] == RunStatus.PENDING and fields["hold"] in (None, Hold.EXPAND):
        reason = why_unschedulable(fields["placement"], online) or reason
    fields["status"] = RunStatus(fields["status"])
    fields["trigger"] = RunTrigger(fields["trigger"])
    fields["priority"] = _PRIORITIES[fields["priority"]]
    fields["distribution"] = RunDistribution(fields["distribution"]) if fields["distribution"] else None
    fields["waiting_reason"] = reason
    return Run(**fields)


def run_event(row: Mapping[Any, Any]) -> str:
    """Return what events tell of a run, as JSON text: a `Run` without its output and tails.

    A burst tells of each run three times, and to build a model for each took a third of the backend's time.
    """
    fields = {name: row[name] for name in _TOLD_AS_THEY_ARE}
    for name in _TIMES:
        at = row[name]
        fields[name] = rfc3339(at) if at is not None else None
    fields["priority"] = _PRIORITIES[row["priority"]]
    fields["waiting_reason"] = _waiting_reason(row)
    fields["output"] = None
    return to_json(fields).decode()


def _waiting_reason(row: Mapping[Any, Any]) -> str | None:
    if row["status"] == RunStatus.BLOCKED:
        return "waits for the tasks it depends on"
    if row["status"] != RunStatus.PENDING:
        return None
    hold, group = row["hold"], row["concurrency_group"]
    if hold is None:
        return "waits for a worker with room"
    if hold == Hold.LIMIT and group is not None:
        return f"waits for room in its concurrency group {group}, or in its task's own limit"
    return _REASONS[Hold(hold)]
