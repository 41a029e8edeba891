"""Move waiting runs in the queue: another priority, or the start past every limit."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.runs.conditions import WAITING
from backend.runs.dispatch_order import CRITICAL_HEAD_START, head_start
from backend.runs.lock import lock_runs, locked_if
from backend.runs.model import SUMMARY_COLUMNS, RunChange, RunChangeKind, read_changes
from backend.runs.outbox import publish
from backend.runs.permissions import check_runs
from backend.runs.refusals import why_not_moved
from shared.enums import Permission, Priority, PriorityLevel
from shared.models.queue import RefusedRun, RunsChanged

_MICROSECOND = timedelta(microseconds=1)
_Move = Callable[[AsyncConnection, Sequence[int]], Awaitable[list[RunChange]]]

_PRIORITIES = """select * from unnest(cast(:ids as bigint[]), cast(:levels as smallint[]),
            cast(:head_starts as bigint[])) as p (run_id, level, head_start)"""

# By the primary key. The rank is computed again from when the run was queued. A run that was claimed since is left as
# it is.
SET_PRIORITY = text(
    f"""
    with {locked_if(_PRIORITIES, WAITING)}, changed as (
        update runs set priority = p.level,
            dispatch_rank = (extract(epoch from queued_at) * 1000000)::bigint - p.head_start
        from locked p where runs.id = p.id
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from changed r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

_CHOSEN = "select unnest(cast(:ids as bigint[])) as run_id"

# By the primary key. Past every limit, and ahead of all others by rank: the first that is started now goes first.
START_NOW = text(
    f"""
    with {locked_if(_CHOSEN, "status in ('blocked', 'pending')")}, changed as (
        update runs set status = 'pending', hold = case when runs.distribution is not null then 'expand' end,
            ignores_limits = true, not_before = null, priority = :level,
            dispatch_rank = (extract(epoch from clock_timestamp()) * 1000000)::bigint - :head_start,
            released_at = case when runs.concurrency_group is not null then now() end,
            expires_at = now() + t.queue_timeout_seconds * interval '1 second'
        from locked, tasks t
        where runs.id = locked.id and t.id = runs.task_id
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from changed r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)


async def set_priority(
    context: ServiceContext, run_ids: Sequence[int], priority: Priority, *, actor: Actor
) -> RunsChanged:
    """Give waiting runs another priority, as if they had been queued with it."""
    aging = context.settings.priority_aging

    async def change(connection: AsyncConnection, ids: Sequence[int]) -> list[RunChange]:
        return await set_priorities(connection, dict.fromkeys(ids, priority), aging=aging)

    detail = {"priority": str(priority)}
    return await _move(context, run_ids, change, action="run.priority", detail=detail, actor=actor)


async def start_now(context: ServiceContext, run_ids: Sequence[int], *, actor: Actor) -> RunsChanged:
    """Release waiting runs at once, ahead of all others and past every limit.

    They become critical, and no longer wait for a limit of their task or concurrency group, a rate, an overlap, a
    backfill's pace, a retry's delay or upstream tasks. They count towards all of these, and still need a free slot of
    a worker that accepts them. No lock against the dispatcher is needed: each of its statements asks again for the
    state of a run that it read.
    """
    return await _move(context, run_ids, start_past_limits, action="run.start_now", detail={}, actor=actor)


async def set_priorities(
    connection: AsyncConnection, priorities: Mapping[int, Priority], *, aging: timedelta
) -> list[RunChange]:
    """Give each of some runs a priority, as if it had been queued with it; one that has started stays as it is."""
    starts = {each: int(head_start(each, aging=aging) / _MICROSECOND) for each in Priority}
    parameters = {
        "ids": list(priorities),
        "levels": [priority.level for priority in priorities.values()],
        "head_starts": [starts[priority] for priority in priorities.values()],
    }
    return read_changes(RunChangeKind.MOVED, await connection.execute(SET_PRIORITY, parameters))


async def start_past_limits(connection: AsyncConnection, ids: Sequence[int]) -> list[RunChange]:
    """Let waiting runs go past every limit; one that has started stays as it is."""
    parameters = {
        "ids": list(ids),
        "level": PriorityLevel.CRITICAL.value,
        "head_start": int(2 * CRITICAL_HEAD_START / _MICROSECOND),
    }
    return read_changes(RunChangeKind.MOVED, await connection.execute(START_NOW, parameters))


async def _move(
    context: ServiceContext,
    run_ids: Sequence[int],
    change: _Move,
    *,
    action: str,
    detail: dict[str, str],
    actor: Actor,
) -> RunsChanged:
    async with context.database.transaction() as connection:
        hidden = await check_runs(connection, run_ids, actor.access, Permission.RUN)
        locked = await lock_runs(connection, set(run_ids) - hidden)
        refused = [
            RefusedRun(run_id=run_id, reason=reason)
            for run_id in dict.fromkeys(run_ids)
            if (reason := why_not_moved(run_id, locked[run_id].status if run_id in locked else None)) is not None
        ]
        changes = await change(connection, sorted(set(run_ids) - {one.run_id for one in refused}))
        await audit.record_many(
            connection,
            actor=actor,
            action=action,
            object_type="run",
            objects=[(change.run.id, change.run.task_name) for change in changes],
            detail=detail,
        )
    publish(context, changes)
    return RunsChanged(changed=[change.run.id for change in changes], refused=refused)
