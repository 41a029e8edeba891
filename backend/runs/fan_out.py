"""Fan-outs: expanding a parent run into child runs, and finishing it with one outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.faults.model import NewFault, set_aside
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from backend.runs.cancel import cancel_waiting
from backend.runs.create import NewRun, insert_runs
from backend.runs.definition import SHARD_COUNT, integer
from backend.runs.fan_out_plan import ParentOutcome, child_runs, decide_outcome, worker_of
from backend.runs.limits import hold_at_birth
from backend.runs.lock import lock_runs, locked_if
from backend.runs.model import SUMMARY_COLUMNS, RunChange, RunChangeKind, read_changes
from backend.runs.outcomes import EXAMINE
from backend.workers.assignment import WorkerLoad
from backend.workers.online import read_online_workers
from backend.workers.placement import demands
from backend.workers.registry import live_workers
from shared.enums import Priority, RunDistribution, RunStatus, RunTrigger

log = structlog.get_logger()

# Parent runs that were released, from the index runs_expanding.
TO_EXPAND = text(
    f"""
    with waiting as (
        select * from runs where status = 'pending' and hold = 'expand' order by id limit 100 for update
    )
    select r.distribution, r.id, r.task_id, r.task_version, r.placement, r.priority, r.scheduled_for, r.arguments,
        r.environment, r.ignores_limits, r.concurrency_group, {integer(SHARD_COUNT)} as shard_count,
        t.max_concurrency, r.traceparent
    from waiting r
    join task_versions v on v.task_id = r.task_id and v.version = r.task_version
    join tasks t on t.id = r.task_id
    order by r.id
    """  # noqa: S608
)

_PARENTS = "select unnest(cast(:ids as bigint[])) as run_id"

# Marks parent runs as running; by primary key.
OPEN = text(
    f"""
    with {locked_if(_PARENTS, "status = 'pending' and hold = 'expand'")}, opened as (
        update runs set status = 'running', hold = null, attempt = attempt + 1, dispatched_at = now(),
            started_at = now(), first_dispatched_at = coalesce(first_dispatched_at, now()), expires_at = null
        from locked where runs.id = locked.id
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from opened r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

# Running parent runs from the index runs_open_fan_outs, their child runs counted by status from runs_of_fan_out.
RUNNING_PARENTS = text(
    """
    select parent.id, parent.task_id, parent.cancel_requested_at is not null as cancel_requested,
        (select jsonb_object_agg(c.status, c.count) from (
            select status, count(*) as count from runs where fan_out_run_id = parent.id group by status) c) as counts
    from runs parent where parent.status = 'running' and parent.distribution is not null
    """
)

# Child runs of broadcasts that wait for their one worker, which may have left; from the same two indexes.
WAITING_CHILDREN = text(
    """
    select child.id, child.placement from runs parent join runs child on child.fan_out_run_id = parent.id
    where parent.status = 'running' and parent.distribution = 'broadcast' and child.status = 'pending'
    """
)

# Every running parent run, from the index runs_open_fan_outs.
RUNNING_PARENT_IDS = text("select id from runs where status = 'running' and distribution is not null")

_OUTCOMES = """select * from unnest(cast(:ids as bigint[]), cast(:statuses as text[]), cast(:errors as text[]))
            as f (run_id, outcome, error)"""

# Finishes parent runs, by primary key.
FINISH = text(
    f"""
    with {locked_if(_OUTCOMES, "status = 'running' and distribution is not null")}, finished as (
        update runs set status = f.outcome, error = f.error, completed_at = now(),
            execution_time_ms = (extract(epoch from now() - started_at) * 1000)::bigint
        from locked f where runs.id = f.id
        returning runs.*
    ) {EXAMINE.format(outcomes="finished")}
    select {SUMMARY_COLUMNS} from finished r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class ParentRun:
    """A released parent run that has no child runs yet; the fields are the columns of `TO_EXPAND`."""

    distribution: RunDistribution
    id: int
    task_id: int
    task_version: int
    placement: str
    priority: int
    scheduled_for: datetime | None
    arguments: list[str] | None
    environment: dict[str, str] | None
    ignores_limits: bool
    concurrency_group: str | None
    shard_count: int | None
    max_concurrency: int | None
    traceparent: str | None


async def expand_parents(connection: AsyncConnection, *, aging: timedelta) -> list[RunChange]:
    """Create the child runs of released parent runs, a hundred parents at most; return the changed runs.

    The parent run of a broadcast waits until a worker is online.
    """
    rows = (await connection.execute(TO_EXPAND)).all()
    if not rows:
        return []
    online = await read_online_workers(connection)
    readable, faults = read_each(rows, lambda row: _expansion(row, online), fault=_unreadable)
    cancelled = await _cancel_unreadable(connection, faults)
    children = dict(readable)
    expanded = [run_id for run_id, runs in children.items() if runs]
    if not expanded:
        return cancelled
    opened = read_changes(RunChangeKind.STARTED, await connection.execute(OPEN, {"ids": expanded}))
    created = await insert_runs(connection, [run for runs in children.values() for run in runs], aging=aging)
    return [*cancelled, *opened, *created]


def _expansion(row: Row[Any], online: Sequence[WorkerLoad]) -> tuple[int, list[NewRun]]:
    parent = ParentRun(RunDistribution(row.distribution), *tuple(row)[1:])
    return parent.id, _children(parent, online)


def _unreadable(row: Row[Any], error: Exception) -> NewFault:
    return set_aside(
        "run",
        row.id,
        cause=error,
        next_step="It was cancelled. Save its task again, and trigger it.",
    )


async def _cancel_unreadable(connection: AsyncConnection, faults: Sequence[NewFault]) -> list[RunChange]:
    """Cancel parent runs that cannot be expanded, each with its cause."""
    await store_faults(connection, faults)
    changes = []
    for fault in faults:
        reason = f"cannot be expanded into child runs: {fault.cause}"
        changes += await cancel_waiting(connection, [int(fault.object_id)], reason=reason)
    return changes


def _children(parent: ParentRun, online: Sequence[WorkerLoad]) -> list[NewRun]:
    task_type, labels = demands(parent.placement)
    found = child_runs(
        parent.distribution,
        parent_placement=parent.placement,
        shard_count=parent.shard_count,
        worker_ids=[worker.id for worker in online if worker.accepts(task_type, labels)],
    )
    hold = hold_at_birth(
        max_concurrency=parent.max_concurrency,
        concurrency_group=parent.concurrency_group,
        is_expanded=False,
        ignores=parent.ignores_limits,
    )
    return [
        NewRun(
            task_id=parent.task_id,
            task_version=parent.task_version,
            trigger=RunTrigger.FAN_OUT,
            priority=Priority.from_level(parent.priority),
            placement=child.placement,
            hold=hold,
            ignores_limits=parent.ignores_limits,
            concurrency_group=parent.concurrency_group,
            scheduled_for=parent.scheduled_for,
            arguments=parent.arguments,
            environment=parent.environment,
            fan_out_run_id=parent.id,
            shard_index=child.index,
            shard_total=len(found),
            traceparent=parent.traceparent,
        )
        for child in found
    ]


@dataclass(frozen=True, slots=True)
class FinishedParents:
    """The runs that ended, and the tasks of the parent runs that are still running."""

    changes: list[RunChange]
    running_tasks: frozenset[int]


async def finish_parents(connection: AsyncConnection) -> FinishedParents:
    """Finish parent runs whose child runs have all ended.

    Child runs of a broadcast that wait for a worker which has left are cancelled first.
    """
    cancelled = await _cancel_without_worker(connection)
    rows = (await connection.execute(RUNNING_PARENTS)).all()
    outcomes: dict[int, ParentOutcome] = {}
    for row in rows:
        counts = {RunStatus(status): count for status, count in (row.counts or {}).items()}
        outcome = decide_outcome(counts, cancel_requested=row.cancel_requested)
        if outcome is not None:
            outcomes[row.id] = outcome
    finished = await _finish(connection, outcomes) if outcomes else []
    ended = {change.run.id for change in finished}
    return FinishedParents([*cancelled, *finished], frozenset(row.task_id for row in rows if row.id not in ended))


async def _finish(connection: AsyncConnection, outcomes: dict[int, ParentOutcome]) -> list[RunChange]:
    rows = await connection.execute(
        FINISH,
        {
            "ids": list(outcomes),
            "statuses": [outcome.status for outcome in outcomes.values()],
            "errors": [outcome.error for outcome in outcomes.values()],
        },
    )
    return read_changes(RunChangeKind.FINISHED, rows)


async def _cancel_without_worker(connection: AsyncConnection) -> list[RunChange]:
    waiting = (await connection.execute(WAITING_CHILDREN)).all()
    if not waiting:
        return []
    live = {worker.id for worker in await live_workers(connection)}
    orphaned: dict[str, list[int]] = {}
    for row in waiting:
        worker_id = worker_of(row.placement)
        if worker_id is not None and worker_id not in live:
            orphaned.setdefault(worker_id, []).append(row.id)
    if orphaned:
        # All parents as well: this transaction may finish any of them after it has changed the children.
        parents = (await connection.execute(RUNNING_PARENT_IDS)).scalars()
        await lock_runs(connection, [*parents, *(run_id for run_ids in orphaned.values() for run_id in run_ids)])
    cancelled: list[RunChange] = []
    for worker_id, run_ids in orphaned.items():
        log.info("A broadcast continues without a worker that left.", worker=worker_id, runs=len(run_ids))
        cancelled += await cancel_waiting(connection, run_ids, reason=f"worker {worker_id} left before it began")
    return cancelled
