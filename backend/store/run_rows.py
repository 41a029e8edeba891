"""A run as it is read: the columns that answers and events show."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.domain.assignment import WorkerLoad, why_unschedulable
from backend.domain.gate import Hold
from shared.enums import Priority, RunDistribution, RunStatus, RunTrigger
from shared.models.run import Run

SUMMARY_COLUMNS = """
    r.id, r.task_id, r.task_version, t.name as task_name, r.status, r.hold, r.trigger, r.priority,
    r.scheduled_for, r.parent_run_id, r.attempt, r.worker_id, r.queued_at, r.not_before, r.dispatched_at,
    r.started_at, r.completed_at, r.cancel_requested_at, r.exit_code, r.error, r.execution_time_ms,
    r.group_id, r.distribution, r.shard_index, r.shard_total, r.backfill_id, r.concurrency_group, r.placement,
    r.http_status, r.progress_percent, r.progress_text, r.cpu_ms, r.peak_memory_bytes
"""
"""Of `runs r` joined with `tasks t`: all but the output's tails."""

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
    hold = fields.pop("hold")
    placement = fields.pop("placement")
    status = RunStatus(fields.pop("status"))
    reason = None
    if status is RunStatus.BLOCKED:
        reason = "waits for the tasks it depends on"
    elif status is RunStatus.PENDING:
        reason = _REASONS[Hold(hold)] if hold else "waits for a worker with room"
        if hold == Hold.LIMIT and fields["concurrency_group"] is not None:
            reason = (
                f"waits for room in its concurrency group {fields['concurrency_group']}, or in its task's own limit"
            )
        if online is not None and hold in (None, Hold.EXPAND):
            reason = why_unschedulable(placement, online) or reason
    return Run(
        **{name: value for name, value in fields.items() if name not in ("trigger", "priority", "distribution")},
        status=status,
        trigger=RunTrigger(fields["trigger"]),
        priority=Priority.from_level(fields["priority"]),
        distribution=RunDistribution(fields["distribution"]) if fields["distribution"] else None,
        waiting_reason=reason,
    )
