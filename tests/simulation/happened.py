"""Reads what a simulation left in the database, for the promises."""

import json
from typing import Any

from shared.enums import RunStatus
from tests.simulation.promises import Change, Happened, StoredRun
from tests.simulation.world import Record


def happened_in(record: Record) -> Happened:
    """Return what happened in a simulation."""
    return Happened(
        tasks={task_id: record.plan.tasks[number] for number, task_id in record.task_ids.items()},
        task_ids=record.task_ids,
        group_limit=record.plan.group_limit,
        changes=[_change(row) for row in record.history],
        runs=[_run(row) for row in record.runs],
        executions=record.executions.every,
        triggered=record.triggered,
        consumed={row["task_id"]: row["consumed_run_id"] for row in record.edges},
        unreadable_tasks=frozenset(record.poisoned_tasks),
        paused_tasks=frozenset(record.paused_tasks),
        told_failures=record.told_failures,
        ended_counts=record.ended_counts,
        created_at=record.created_at,
        paused_at=record.paused_at,
        errors=record.errors,
    )


def _change(row: Any) -> Change:
    return Change(
        run_id=row["run_id"],
        task_id=row["task_id"],
        old_status=RunStatus(row["old_status"]) if row["old_status"] else None,
        status=RunStatus(row["status"]),
        old_attempt=row["old_attempt"],
        attempt=row["attempt"],
        worker_id=row["worker_id"],
        is_parent=row["parent"],
    )


def _run(row: Any) -> StoredRun:
    output = json.loads(row["output"]) if row["output"] else None
    return StoredRun(
        id=row["id"],
        task_id=row["task_id"],
        status=RunStatus(row["status"]),
        attempt=row["attempt"],
        worker_id=row["worker_id"],
        exit_code=row["exit_code"],
        nth=output.get("nth") if isinstance(output, dict) else None,
        scheduled_for=row["scheduled_for"],
        parent_run_id=row["parent_run_id"],
    )
