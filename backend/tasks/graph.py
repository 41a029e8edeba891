"""The graph of tasks and their dependencies, with what each task does now."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.database.folder_conditions import FolderStatement
from backend.runs.refusals import task_not_found
from backend.tasks.model import last_run_from_json, last_run_sql
from shared.access import Access
from shared.enums import DependencyCondition, DependencyWindow, TaskStatus
from shared.models.task_graph import GraphEdge, GraphNode, TaskGraph

MOST_NODES = 2000
"""More than a person can read; with a task given, any part of a larger graph can be read."""

# Every task that depends on another, or that another depends on.
CONNECTED = FolderStatement(
    """
    select t.id from tasks t
    join (select task_id as id from task_dependencies union select upstream_id from task_dependencies) e on e.id = t.id
    where t.deleted_at is null and granted(t.folder) order by t.id
    """
)

UNCONNECTED_COUNTED_UP_TO = 10_000

# The tasks that depend on none, and on which none depends, in the order in which people look for them.
_UNCONNECTED_FROM = """
    from tasks t where t.deleted_at is null and granted(t.folder)
    and not exists (select from task_dependencies d where d.task_id = t.id)
    and not exists (select from task_dependencies d where d.upstream_id = t.id)
"""
UNCONNECTED = FolderStatement(f"select t.id {_UNCONNECTED_FROM} order by t.folder, t.name limit :most")
COUNT_UNCONNECTED = FolderStatement(
    f"select count(*) from (select {_UNCONNECTED_FROM} limit {UNCONNECTED_COUNTED_UP_TO}) a"  # noqa: S608
)

# All upstream and downstream tasks of a task, over any number of edges, by the primary key of task_dependencies and the
# index task_dependencies_upstream.
AROUND = FolderStatement(
    """
    with recursive up (id) as (
        select cast(:task_id as bigint)
        union select d.upstream_id from task_dependencies d join up on d.task_id = up.id
    ), down (id) as (
        select cast(:task_id as bigint)
        union select d.task_id from task_dependencies d join down on d.upstream_id = down.id
    )
    select t.id from tasks t join (select id from up union select id from down) e on e.id = t.id
    where t.deleted_at is null and granted(t.folder) order by t.id
    """
)

# The last run by one probe of runs_by_task; running and waiting runs from runs_in_flight_by_task and
# runs_waiting_by_task, counted up to a limit.
NODES = text(
    f"""
    select t.id, t.name, t.folder, t.status, t.schedule, t.next_run_at,
        {last_run_sql("t.id")} as last_run,
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


async def read_graph(context: ServiceContext, *, task_id: int | None, unconnected: bool, access: Access) -> TaskGraph:
    """Return all tasks with dependencies, or one with its upstream and downstream; raises `NotFoundError`.

    With `unconnected` all tasks come with up to `MOST_NODES` of those that have no dependencies.
    Tasks that a user may not read are left out with their edges, also between tasks that they may read.
    """
    async with context.database.transaction() as connection:
        lone: list[int] = []
        count = 0
        if task_id is None:
            ids = list((await connection.execute(CONNECTED.within(access))).scalars())
            count = (await connection.execute(COUNT_UNCONNECTED.within(access))).scalar_one()
            if unconnected:
                lone = list((await connection.execute(UNCONNECTED.within(access), {"most": MOST_NODES})).scalars())
        else:
            ids = list((await connection.execute(AROUND.within(access), {"task_id": task_id})).scalars())
            if task_id not in ids:
                raise task_not_found(task_id)
        shown = ids[:MOST_NODES]
        nodes = await _nodes(connection, [*shown, *lone])
        edges = await _edges(connection, shown)
    return TaskGraph(nodes=nodes, edges=edges, total=len(ids), is_capped=len(ids) > MOST_NODES, unconnected=count)


async def _nodes(connection: AsyncConnection, ids: Sequence[int]) -> list[GraphNode]:
    return [
        GraphNode(
            id=row.id,
            name=row.name,
            folder=row.folder,
            status=TaskStatus(row.status),
            schedule=row.schedule,
            next_run_at=row.next_run_at,
            last_run=last_run_from_json(row.last_run),
            running=row.running,
            waiting=row.waiting,
        )
        for row in await connection.execute(NODES, {"ids": list(ids)})
    ]


async def _edges(connection: AsyncConnection, ids: Sequence[int]) -> list[GraphEdge]:
    return [
        GraphEdge(
            task_id=row.task_id,
            upstream_id=row.upstream_id,
            condition=DependencyCondition(row.condition),
            window=DependencyWindow(row.window_name),
        )
        for row in await connection.execute(EDGES, {"ids": list(ids)})
    ]
