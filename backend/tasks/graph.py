"""Tasks that wait for tasks, in one answer."""

from backend.context import ServiceContext
from backend.tasks import graph_rows as store
from shared.enums import DependencyCondition, DependencyWindow, TaskStatus
from shared.errors import NotFoundError
from shared.models.task import LastRun
from shared.models.task_graph import GraphEdge, GraphNode, TaskGraph

MOST_NODES = 2000
"""More than anyone can look at; a focus on one task shows any part of a larger graph."""


class TaskGraphService:
    """Reads the graph."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def read(self, *, task_id: int | None) -> TaskGraph:
        """Return all tasks with edges, or one with its up- and downstream; raises `NotFoundError`."""
        async with self._context.database.transaction() as connection:
            if task_id is None:
                ids = await store.connected(connection)
            else:
                ids = await store.around(connection, task_id)
                if task_id not in ids:
                    raise NotFoundError(f"There is no task {task_id}; GET /api/tasks lists those there are.")
            shown = ids[:MOST_NODES]
            nodes = [
                GraphNode(
                    **{name: value for name, value in row.items() if name not in ("status", "last_run")},
                    status=TaskStatus(row["status"]),
                    last_run=LastRun.model_validate(row["last_run"]) if row["last_run"] else None,
                )
                for row in await store.nodes(connection, shown)
            ]
            edges = [
                GraphEdge(
                    task_id=row["task_id"],
                    upstream_id=row["upstream_id"],
                    condition=DependencyCondition(row["condition"]),
                    window=DependencyWindow(row["window_name"]),
                )
                for row in await store.edges(connection, shown)
            ]
        return TaskGraph(nodes=nodes, edges=edges, total=len(ids), is_capped=len(ids) > MOST_NODES)
