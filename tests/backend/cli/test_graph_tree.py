"""The graph as lines of text."""

from backend.cli.graph_tree import Branch, tree_of, whole_tree
from shared.enums import DependencyCondition, DependencyWindow, TaskStatus
from shared.models.task_graph import GraphEdge, GraphNode, TaskGraph


def graph(*pairs: tuple[int, int]) -> TaskGraph:
    nodes = [
        GraphNode(id=one, name=f"t{one:04}", folder="", status=TaskStatus.ACTIVE)
        for one in sorted({one for pair in pairs for one in pair})
    ]
    edges = [
        GraphEdge(upstream_id=start, task_id=end, condition=DependencyCondition.SUCCESS, window=DependencyWindow.LATEST)
        for start, end in pairs
    ]
    return TaskGraph(nodes=nodes, edges=edges, total=len(nodes))


def drawn(branches: list[Branch]) -> list[str]:
    return [f"{one.drawn}{one.node.id}{' above' if one.is_above else ''}" for one in branches]


def test_the_tasks_below_a_task_with_two_upstreams_are_listed_once() -> None:
    assert drawn(list(whole_tree(graph((1, 3), (1, 4), (3, 4), (2, 4), (4, 5))))) == [
        "1",
        "├─ 3",
        "│  └─ 4",
        "│     └─ 5",
        "└─ 4 above",
        "2",
        "└─ 4 above",
    ]


def test_both_directions_are_followed_to_the_end() -> None:
    whole = graph((1, 2), (2, 3), (3, 4), (9, 3))
    assert drawn(list(tree_of(whole, 3, is_up=True))) == ["├─ 2", "│  └─ 1", "└─ 9"]
    assert drawn(list(tree_of(whole, 3))) == ["└─ 4"]
    assert list(tree_of(whole, 4)) == []


def test_a_chain_may_be_longer_than_the_recursion_limit() -> None:
    assert len(list(whole_tree(graph(*((one, one + 1) for one in range(1, 2000)))))) == 2000
