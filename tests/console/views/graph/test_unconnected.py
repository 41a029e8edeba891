"""Where tasks without dependencies are drawn."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.views.graph.layout import NODE_HEIGHT, NODE_WIDTH, Layout, lay_out_at_once
from console.views.graph.unconnected import with_grid, without_edges

CHAIN = lay_out_at_once([1, 2, 3], [(1, 2), (2, 3)])


@pytest.mark.parametrize(
    ("nodes", "edges", "found"),
    [([], [], []), ([3, 1, 2], [], [3, 1, 2]), ([3, 1, 2, 4], [(1, 4)], [3, 2]), ([1, 2], [(1, 2)], [])],
)
def test_a_task_is_unconnected_that_is_at_no_end_of_an_edge(
    nodes: list[int], edges: list[tuple[int, int]], found: list[int]
) -> None:
    assert without_edges(nodes, edges) == found


@given(count=st.integers(0, 400), beside=st.sampled_from([Layout(), CHAIN]))
def test_the_grid_stands_beside_what_is_connected_and_no_two_tasks_overlap(count: int, beside: Layout) -> None:
    layout = with_grid(beside, range(100, 100 + count))
    assert {node: layout.nodes[node] for node in beside.nodes} == beside.nodes
    added = [place for node, place in layout.nodes.items() if node >= 100]
    assert len(added) == len(set(added)) == count
    for left, top in added:
        assert not beside.nodes or left > beside.width
        assert 0 <= left <= layout.width - NODE_WIDTH
        assert 0 <= top <= layout.height - NODE_HEIGHT
    columns = sorted({left for left, _ in added})
    rows = sorted({top for _, top in added})
    assert all(right - left > NODE_WIDTH for left, right in itertools.pairwise(columns))
    assert all(below - above > NODE_HEIGHT for above, below in itertools.pairwise(rows))


def test_two_thousand_tasks_are_not_much_wider_than_high() -> None:
    layout = with_grid(CHAIN, range(100, 2100))
    assert 1.2 < layout.width / layout.height < 2.4
    assert list(layout.nodes)[3:5] == [100, 101]
    assert layout.nodes[100][0] == layout.nodes[101][0]
