"""A run as it is read: the columns that answers and events show."""

from collections.abc import Mapping
from typing import Any

from backend.domain.gate import Hold
from shared.enums import Priority, RunStatus, RunTrigger
from shared.models.run import Run

SUMMARY_COLUMNS = """
    r.id, r.task_id, r.task_version, t.name as task_name, r.status, r.hold, r.trigger, r.priority,
    r.scheduled_for, r.parent_run_id, r.attempt, r.worker_id, r.queued_at, r.not_before, r.dispatched_at,
    r.started_at, r.completed_at, r.cancel_requested_at, r.exit_code, r.error, r.execution_time_ms
"""
"""Of `runs r` joined with `tasks t`: all but the output's tails."""

_REASONS = {
    Hold.DELAY: "waits for its next try",
    Hold.LIMIT: "waits: the task runs as often at once as its limit allows",
    Hold.OVERLAP: "waits for the task's last run to end",
}


def run_from_row(row: Mapping[Any, Any]) -> Run:
    """Return the run of a row with `SUMMARY_COLUMNS`, and its tails where the row has them."""
    fields = dict(row)
    hold = fields.pop("hold")
    status = RunStatus(fields.pop("status"))
    reason = None
    if status is RunStatus.BLOCKED:
        reason = "waits for the tasks it depends on"
    elif status is RunStatus.PENDING:
        reason = _REASONS[Hold(hold)] if hold else "waits for a worker with room"
    return Run(
        **{name: value for name, value in fields.items() if name not in ("trigger", "priority")},
        status=status,
        trigger=RunTrigger(fields["trigger"]),
        priority=Priority.from_level(fields["priority"]),
        waiting_reason=reason,
    )
