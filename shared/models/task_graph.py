"""The dependencies between tasks, as a graph."""

from shared.enums import DependencyCondition, DependencyWindow, TaskStatus
from shared.models.base import Output, Timestamp
from shared.models.task import LastRun


class GraphNode(Output):
    """A task with the number of its runs; `running` and `waiting` are counted up to 1,000."""

    id: int
    name: str
    folder: str
    status: TaskStatus
    schedule: str | None = None
    next_run_at: Timestamp | None = None
    last_run: LastRun | None = None
    running: int = 0
    waiting: int = 0


class GraphEdge(Output):
    """A dependency: `task_id` depends on `upstream_id`."""

    task_id: int
    upstream_id: int
    condition: DependencyCondition
    window: DependencyWindow


class TaskGraph(Output):
    """The tasks with dependencies, and the edges between them. `total` counts the tasks that are left out as well.

    `unconnected` counts the tasks without any, up to 10,000; around a task it is 0.
    """

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    total: int
    is_capped: bool = False
    unconnected: int = 0
