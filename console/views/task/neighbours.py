"""What a task waits for and what waits for it, as rows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.theme.glyphs import GLYPH_OF, Glyph
from console.words import tr
from shared.enums import DependencyCondition, DependencyWindow, TaskStatus
from shared.models.task import Dependency, LastRun, Task
from shared.models.task_graph import GraphNode, TaskGraph


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A task at the other end of an edge; `name` is empty for one that the user may not read."""

    task_id: int
    name: str
    glyph: Glyph
    condition: DependencyCondition
    window: DependencyWindow
    last_run: LastRun | None = None

    @property
    def shown_name(self) -> str:
        """The name, or that it may not be read."""
        return self.name or tr("a task that you may not read")


def upstreams_of(task: Task, graph: TaskGraph) -> list[Neighbour]:
    """Return what a task waits for, by name; hidden tasks come last."""
    nodes = {node.id: node for node in graph.nodes}
    found = [_of_edge(edge, nodes) for edge in task.depends_on]
    return sorted(found, key=lambda one: (not one.name, one.name.casefold(), one.task_id))


def downstreams_of(task_id: int, graph: TaskGraph) -> list[Neighbour]:
    """Return what waits for a task, by name."""
    nodes = {node.id: node for node in graph.nodes}
    found = [
        _neighbour(nodes[edge.task_id], edge.condition, edge.window)
        for edge in graph.edges
        if edge.upstream_id == task_id and edge.task_id in nodes
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.task_id))


def condition_words(one: Neighbour) -> str:
    """Return when the task behind an edge may start."""
    if one.window is DependencyWindow.PERIOD:
        return {
            DependencyCondition.SUCCESS: tr("after all runs of the period succeeded"),
            DependencyCondition.FAILURE: tr("after all runs of the period failed"),
            DependencyCondition.COMPLETION: tr("after all runs of the period ended"),
        }[one.condition]
    return {
        DependencyCondition.SUCCESS: tr("after success"),
        DependencyCondition.FAILURE: tr("after failure"),
        DependencyCondition.COMPLETION: tr("after any outcome"),
    }[one.condition]


def _of_edge(edge: Dependency, nodes: Mapping[int, GraphNode]) -> Neighbour:
    node = nodes.get(edge.task_id)
    if node is None:
        return Neighbour(edge.task_id, "", Glyph.RING_DOTTED, edge.condition, edge.window)
    return _neighbour(node, edge.condition, edge.window)


def _neighbour(node: GraphNode, condition: DependencyCondition, window: DependencyWindow) -> Neighbour:
    if node.status is TaskStatus.PAUSED:
        glyph = Glyph.RING_BAR
    elif node.running:
        glyph = Glyph.ARC
    else:
        glyph = GLYPH_OF[node.last_run.status] if node.last_run is not None else Glyph.RING
    return Neighbour(node.id, node.name, glyph, condition, window, node.last_run)
