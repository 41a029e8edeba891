"""Tasks that wait for tasks, as a graph."""

from shared.enums import DependencyCondition, DependencyWindow, TaskStatus
from shared.models.base import Output, Timestamp
from shared.models.task import LastRun


class GraphNode(Output):
    """A task with what it does now; `running` and `waiting` are counted to 1,000."""

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
    """`task_id` waits for `upstream_id`."""

    task_id: int
    upstream_id: int
    condition: DependencyCondition
    window: DependencyWindow


class TaskGraph(Output):
    """The tasks that wait or are waited for, and the edges between them; `total` where not all are given."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    total: int
    is_capped: bool = False
