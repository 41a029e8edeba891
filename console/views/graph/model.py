"""The graph that is shown: its tasks by id, what leads where, and what the live stream changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from console.theme.glyphs import GLYPH_OF, Glyph
from console.views.graph.unconnected import without_edges
from shared.enums import RunStatus, TaskStatus
from shared.models.run import Run
from shared.models.task import LastRun
from shared.models.task_graph import GraphEdge, GraphNode, TaskGraph


@dataclass(slots=True)
class GraphModel:
    """Tasks and edges; `upstreams` and `downstreams` lead from a task to those beside it.

    `unconnected` holds the tasks without edges, by folder and name.
    """

    nodes: dict[int, GraphNode] = field(default_factory=dict)
    edges: dict[tuple[int, int], GraphEdge] = field(default_factory=dict)
    upstreams: dict[int, list[int]] = field(default_factory=dict)
    downstreams: dict[int, list[int]] = field(default_factory=dict)
    unconnected: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, graph: TaskGraph) -> "GraphModel":
        """Return the model of an answer."""
        made = cls({node.id: node for node in graph.nodes})
        for edge in graph.edges:
            made.edges[edge.upstream_id, edge.task_id] = edge
            made.upstreams.setdefault(edge.task_id, []).append(edge.upstream_id)
            made.downstreams.setdefault(edge.upstream_id, []).append(edge.task_id)
        lone = [made.nodes[one] for one in without_edges(made.nodes, made.edges)]
        lone.sort(key=lambda node: (node.folder, node.name.casefold(), node.id))
        made.unconnected = [node.id for node in lone]
        return made

    @property
    def shape(self) -> object:
        """What the layout depends on: the tasks, and the edges with their conditions."""
        return frozenset(self.nodes), {pair: (edge.condition, edge.window) for pair, edge in self.edges.items()}

    def apply(self, run: Run) -> int | None:
        """Show a run on the node of its task; return the task whose node changed."""
        if run.fan_out_run_id is not None:
            return None
        node = self.nodes.get(run.task_id)
        if node is None or (node.last_run is not None and node.last_run.id > run.id):
            return None
        self.nodes[run.task_id] = node.model_copy(update={"last_run": LastRun.model_validate(run)})
        return run.task_id

    def around(self, node: int) -> set[int]:
        """Return a task with all that it waits for and all that waits for it, however far."""
        return _reach(node, self.upstreams) | _reach(node, self.downstreams)

    def matches(self, words: str) -> list[int]:
        """Return the tasks whose name or folder contains the words, in order of name."""
        wanted = words.casefold()
        found = [node for node in self.nodes.values() if wanted in f"{node.folder}/{node.name}".casefold()]
        return [node.id for node in sorted(found, key=lambda node: node.name.casefold())]


def _reach(node: int, edges: Mapping[int, Iterable[int]]) -> set[int]:
    seen = {node}
    stack = [node]
    while stack:
        for one in edges.get(stack.pop(), ()):
            if one not in seen:
                seen.add(one)
                stack.append(one)
    return seen


def glyph_of(node: GraphNode) -> Glyph:
    """Return the shape of a task: what runs or waits first, then how the last run ended."""
    if node.last_run is not None and not node.last_run.status.is_final:
        return GLYPH_OF[node.last_run.status]
    if node.running:
        return GLYPH_OF[RunStatus.RUNNING]
    if node.status is TaskStatus.PAUSED:
        return Glyph.RING_BAR
    return GLYPH_OF[node.last_run.status] if node.last_run is not None else Glyph.RING_DOTTED
