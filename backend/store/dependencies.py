"""Edges that are met: statements for the dispatcher."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

# For each task asked about, and each that waits for one of them: its edges, and the newest upstream run
# that satisfies the edge and has not been consumed (one probe of runs_by_task an edge).
EDGES = text(
    """
    with affected as (
        select unnest(cast(:task_ids as bigint[])) as task_id
        union
        select task_id from task_dependencies where upstream_id = any(cast(:task_ids as bigint[]))
    )
    select d.task_id, d.upstream_id, r.id as run_id, r.completed_at,
        t.schedule is not null as has_schedule, t.status, t.version, t.priority, t.task_type, t.worker_labels,
        t.max_concurrency,
        (select b.id from runs b where b.task_id = d.task_id and b.status = 'blocked' order by b.id limit 1)
            as blocked_run_id
    from affected a
    join task_dependencies d on d.task_id = a.task_id
    join tasks t on t.id = d.task_id and t.deleted_at is null
    left join lateral (
        select id, completed_at from runs
        where task_id = d.upstream_id and id > d.consumed_run_id
            and case d.condition
                when 'success' then status = 'succeeded'
                when 'failure' then status in ('failed', 'timed_out')
                else status in ('succeeded', 'failed', 'timed_out', 'cancelled') end
        order by id desc limit 1
    ) r on true
    order by d.task_id, d.upstream_id
    """
)

CONSUME = text(
    """
    update task_dependencies d set consumed_run_id = c.run_id
    from unnest(cast(:task_ids as bigint[]), cast(:upstream_ids as bigint[]), cast(:run_ids as bigint[]))
        as c (task_id, upstream_id, run_id)
    where d.task_id = c.task_id and d.upstream_id = c.upstream_id and d.consumed_run_id < c.run_id
    """
)

UNBLOCK = text(
    """
    update runs set status = 'pending', parent_run_id = u.parent_run_id, hold = u.hold
    from unnest(cast(:run_ids as bigint[]), cast(:parents as bigint[]), cast(:holds as text[]))
        as u (run_id, parent_run_id, hold)
    where runs.id = u.run_id and runs.status = 'blocked'
    returning runs.task_id
    """
)

TASKS_WITH_EDGES = text("select distinct task_id from task_dependencies")


async def edges_of(connection: AsyncConnection, task_ids: Sequence[int]) -> Sequence[RowMapping]:
    """Return the edges into the tasks given and into those that wait for them, in order of task."""
    return (await connection.execute(EDGES, {"task_ids": list(task_ids)})).mappings().all()


async def consume(connection: AsyncConnection, consumed: Sequence[tuple[int, int, int]]) -> None:
    """Remember the upstream runs that were used up, given as (task, upstream, run)."""
    await connection.execute(
        CONSUME,
        {
            "task_ids": [task for task, _, _ in consumed],
            "upstream_ids": [upstream for _, upstream, _ in consumed],
            "run_ids": [run for _, _, run in consumed],
        },
    )


async def unblock(connection: AsyncConnection, runs: Sequence[tuple[int, int, str | None]]) -> list[int]:
    """Let blocked occurrences wait for a worker, given as (run, parent run, hold); return their tasks."""
    rows = await connection.execute(
        UNBLOCK,
        {
            "run_ids": [run for run, _, _ in runs],
            "parents": [parent for _, parent, _ in runs],
            "holds": [hold for _, _, hold in runs],
        },
    )
    return list(rows.scalars())


async def tasks_with_edges(connection: AsyncConnection) -> list[int]:
    """Return the tasks that wait for others."""
    return list((await connection.execute(TASKS_WITH_EDGES)).scalars())
