"""The graph of tasks as lines of a tree; pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.models.task_graph import GraphEdge, GraphNode, TaskGraph


@dataclass(frozen=True, slots=True)
class Branch:
    """One line: the drawn prefix, the task, the edge that leads to it.

    `is_above`: the tasks below it are listed further up already.
    """

    drawn: str
    node: GraphNode
    edge: GraphEdge | None = None
    is_above: bool = False


def whole_tree(graph: TaskGraph) -> Iterator[Branch]:
    """Yield every task below the tasks that it depends on; roots are tasks without dependencies."""
    waiting = {edge.task_id for edge in graph.edges}
    seen: set[int] = set()
    for node in sorted(graph.nodes, key=lambda node: node.name):
        if node.id not in waiting:
            yield Branch("", node)
            yield from tree_of(graph, node.id, seen=seen)


def tree_of(graph: TaskGraph, task_id: int, *, is_up: bool = False, seen: set[int] | None = None) -> Iterator[Branch]:
    """Yield all tasks downstream of a task, or with `is_up` all upstream ones.

    `seen` are the tasks whose neighbours are listed already.
    """
    seen = set() if seen is None else seen
    nodes = {node.id: node for node in graph.nodes}
    beside: dict[int, list[GraphEdge]] = {}
    for edge in graph.edges:
        beside.setdefault(edge.task_id if is_up else edge.upstream_id, []).append(edge)

    def other(edge: GraphEdge) -> int:
        return edge.upstream_id if is_up else edge.task_id

    def grown(parent: int, drawn: str) -> Sequence[tuple[GraphEdge, str, bool]]:
        edges = [edge for edge in beside.get(parent, ()) if other(edge) in nodes]
        edges.sort(key=lambda edge: nodes[other(edge)].name)
        return [(edge, drawn, edge is edges[-1]) for edge in reversed(edges)]

    # Iterative, since a chain of tasks may be longer than Python's recursion limit.
    ahead = [*grown(task_id, "")]
    while ahead:
        edge, drawn, is_last = ahead.pop()
        found = other(edge)
        yield Branch(drawn + ("└─ " if is_last else "├─ "), nodes[found], edge, found in seen and found in beside)
        if found not in seen:
            seen.add(found)
            ahead += grown(found, drawn + ("   " if is_last else "│  "))
