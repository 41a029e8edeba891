"""Cancel runs: one that waits ends at once, a started one is requested to end, and child runs go with their parent."""

from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.metric_counts import counting_ended
from backend.runs.conditions import STARTED, WAITING
from backend.runs.lifecycle import CancelDecision, decide_cancel
from backend.runs.lock import lock_runs, lock_with_children, locked_if
from backend.runs.model import SUMMARY_COLUMNS, RunChange, RunChangeKind, read_changes
from backend.runs.outbox import publish
from backend.runs.permissions import check_runs
from backend.runs.refusals import why_not_cancelled
from shared.enums import Permission
from shared.models.queue import RefusedRun, RunsChanged

_REASONS = "select * from unnest(cast(:ids as bigint[]), cast(:reasons as text[])) as c (run_id, reason)"

# By the primary key.
CANCEL_WAITING = text(
    f"""
    with {locked_if(_REASONS, WAITING)}, cancelled as (
        update runs set status = 'cancelled', hold = null, cancel_requested_at = now(), completed_at = now(),
            error = c.reason
        from locked c where runs.id = c.id
        returning runs.*
    ) {counting_ended("cancelled")}
    select {SUMMARY_COLUMNS} from cancelled r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

# By the primary key. A second request changes nothing.
REQUEST_CANCEL = text(
    f"""
    with {locked_if(_REASONS, STARTED)}, requested as (
        update runs set cancel_requested_at = coalesce(cancel_requested_at, now()),
            error = case when cancel_requested_at is null then c.reason else error end
        from locked c where runs.id = c.id
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from requested r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

# From the indexes runs_in_flight_by_task and runs_waiting_by_task.
UNFINISHED_OF_TASKS = text(
    f"""
    select id from runs where task_id = any(cast(:task_ids as bigint[])) and {STARTED}
    union all
    select id from runs where task_id = any(cast(:task_ids as bigint[])) and {WAITING}
    """  # noqa: S608
)


async def cancel_runs(
    connection: AsyncConnection, run_ids: Iterable[int], *, reason: str, child_reason: str | None = None
) -> list[RunChange]:
    """Cancel runs and their child runs; return those that ended, and those whose workers are to end them.

    A run that has ended is left as it is.
    """
    wanted = set(run_ids)
    if not wanted:
        return []
    locked = await lock_with_children(connection, wanted)
    # A parent that was expanded since the statement began has child runs that it did not see.
    locked |= await lock_with_children(connection, wanted)
    waiting: list[tuple[int, str]] = []
    started: list[tuple[int, str]] = []
    for run in locked.values():
        why = reason if run.id in wanted else child_reason or reason
        match decide_cancel(run.status):
            case CancelDecision.AT_ONCE:
                waiting.append((run.id, why))
            case CancelDecision.ASK_WORKER:
                started.append((run.id, why))
    changes: list[RunChange] = []
    if waiting:
        changes += read_changes(RunChangeKind.FINISHED, await connection.execute(CANCEL_WAITING, _arrays(waiting)))
    if started:
        rows = await connection.execute(REQUEST_CANCEL, _arrays(started))
        changes += read_changes(RunChangeKind.CANCEL_REQUESTED, rows)
    return changes


async def cancel_waiting(connection: AsyncConnection, run_ids: Iterable[int], *, reason: str) -> list[RunChange]:
    """Cancel those of the runs that no worker has."""
    locked = await lock_runs(connection, run_ids)
    rows = await connection.execute(CANCEL_WAITING, _arrays([(run_id, reason) for run_id in locked]))
    return read_changes(RunChangeKind.FINISHED, rows)


async def cancel_runs_of_tasks(connection: AsyncConnection, task_ids: Iterable[int], *, reason: str) -> list[RunChange]:
    """Cancel all runs of tasks that have not ended."""
    unfinished = (await connection.execute(UNFINISHED_OF_TASKS, {"task_ids": list(task_ids)})).scalars()
    return await cancel_runs(connection, unfinished, reason=reason)


def _arrays(runs: Sequence[tuple[int, str]]) -> dict[str, list[object]]:
    return {"ids": [run_id for run_id, _ in runs], "reasons": [reason for _, reason in runs]}


async def cancel(context: ServiceContext, run_ids: Sequence[int], *, actor: Actor) -> RunsChanged:
    """Cancel runs, each for itself; those that have ended are refused with the reason.

    Raises `ForbiddenError`, and cancels none, if one of them may be read but not be cancelled.
    """
    wanted = list(dict.fromkeys(run_ids))
    async with context.database.transaction() as connection:
        hidden = await check_runs(connection, wanted, actor.access, Permission.RUN)
        locked = await lock_with_children(connection, set(wanted) - hidden)
        refused = [
            RefusedRun(run_id=run_id, reason=reason)
            for run_id in wanted
            if (reason := why_not_cancelled(run_id, locked[run_id].status if run_id in locked else None)) is not None
        ]
        changes = await cancel_runs(
            connection,
            set(wanted) - {one.run_id for one in refused},
            reason=f"cancelled by {actor.name}",
            child_reason=f"cancelled with its parent run by {actor.name}",
        )
        changed = {change.run.id: change.run.task_name for change in changes if change.run.id in set(wanted)}
        await audit.record_many(
            connection, actor=actor, action="run.cancel", object_type="run", objects=[*changed.items()], detail={}
        )
    publish(context, changes)
    return RunsChanged(changed=[run_id for run_id in wanted if run_id in changed], refused=refused)
