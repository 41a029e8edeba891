"""The graph of tasks: who waits for whom, and how each is."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.of_task import newest_first, runs_of

# Every task that waits or is waited for.
CONNECTED = text(
    """
    select t.id from tasks t
    join (select task_id as id from task_dependencies union select upstream_id from task_dependencies) e on e.id = t.id
    where t.deleted_at is null order by t.id
    """
)

# All that a task waits for and all that waits for it, over any number of edges, by the primary key of
# task_dependencies and the index task_dependencies_upstream.
AROUND = text(
    """
    with recursive up (id) as (
        select cast(:task_id as bigint)
        union select d.upstream_id from task_dependencies d join up on d.task_id = up.id
    ), down (id) as (
        select cast(:task_id as bigint)
        union select d.task_id from task_dependencies d join down on d.upstream_id = down.id
    )
    select t.id from tasks t join (select id from up union select id from down) e on e.id = t.id
    where t.deleted_at is null order by t.id
    """
)

# The last run by one probe of runs_by_task; what goes and what waits from runs_in_flight_by_task and
# runs_waiting_by_task, counted to a limit.
NODES = text(
    f"""
    select t.id, t.name, t.folder, t.status, t.schedule, t.next_run_at,
        (select jsonb_build_object('id', r.id, 'status', r.status, 'started_at', r.started_at,
            'completed_at', r.completed_at, 'execution_time_ms', r.execution_time_ms)
         from runs r where {runs_of("t.id")} and r.fan_out_run_id is null
         order by {newest_first()} limit 1) as last_run,
        (select count(*) from (select from runs where task_id = t.id and status in ('dispatched', 'running')
            and distribution is null limit 1000) a) as running,
        (select count(*) from (select from runs where task_id = t.id and status in ('blocked', 'pending')
            limit 1000) b) as waiting
    from tasks t where t.id = any(cast(:ids as bigint[])) order by t.id
    """  # noqa: S608
)

EDGES = text(
    """
    select task_id, upstream_id, condition, period as window_name from task_dependencies
    where task_id = any(cast(:ids as bigint[])) and upstream_id = any(cast(:ids as bigint[]))
    order by task_id, upstream_id
    """
)


async def connected(connection: AsyncConnection) -> list[int]:
    """Return the tasks with edges."""
    return list((await connection.execute(CONNECTED)).scalars())


async def around(connection: AsyncConnection, task_id: int) -> list[int]:
    """Return a task with its up- and downstream; nothing where there is no such task."""
    return list((await connection.execute(AROUND, {"task_id": task_id})).scalars())


async def nodes(connection: AsyncConnection, ids: Sequence[int]) -> Sequence[RowMapping]:
    """Return tasks with their last runs and counts."""
    return (await connection.execute(NODES, {"ids": list(ids)})).mappings().all()


async def edges(connection: AsyncConnection, ids: Sequence[int]) -> Sequence[RowMapping]:
    """Return the edges between tasks."""
    return (await connection.execute(EDGES, {"ids": list(ids)})).mappings().all()
