"""Where the tasks of a graph are drawn."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.views.graph.layout import (
    LAYER_GAP,
    NODE_HEIGHT,
    NODE_WIDTH,
    Edge,
    Layout,
    lay_out,
    lay_out_at_once,
    layers_of,
)
from console.views.graph.ordering import count_crossings, order_layers
from tests.console.views.graph.made_graphs import warehouse

DIAMOND = ([1, 2, 3, 4], [(1, 2), (1, 3), (2, 4), (3, 4)])
TREE = (list(range(1, 16)), [(node // 2, node) for node in range(2, 16)])
LADDER = (list(range(10)), [(n, n + 2) for n in range(8)])
FANS = (list(range(12)), [(0, n) for n in range(1, 6)] + [(n, 6) for n in range(1, 6)] + [(6, n) for n in range(7, 12)])
LONG = ([1, 2, 3, 4], [(1, 2), (2, 3), (3, 4), (1, 4)])


def lines(layout: Layout, edges: list[Edge]) -> list[list[tuple[float, float]]]:
    """Return each edge as it is drawn: from the right of its start over its bends to the left of its end."""
    found = []
    for start, end in edges:
        (sx, sy), (ex, ey) = layout.nodes[start], layout.nodes[end]
        middle = NODE_HEIGHT / 2
        found.append([(sx + NODE_WIDTH, sy + middle), *layout.bends[start, end], (ex, ey + middle)])
    return found


def drawn_crossings(layout: Layout, edges: list[Edge]) -> int:
    """Count pairs of edges that cross between two layers, as straight lines."""
    spans: dict[float, list[tuple[float, float]]] = {}
    for line in lines(layout, edges):
        for (x, y), (to_x, to_y) in itertools.pairwise(line):
            if to_x - x == LAYER_GAP:
                spans.setdefault(x, []).append((y, to_y))
    return sum(
        (one[0] - other[0]) * (one[1] - other[1]) < 0
        for found in spans.values()
        for index, one in enumerate(found)
        for other in found[:index]
    )


@pytest.mark.parametrize(("nodes", "edges"), [DIAMOND, TREE, LADDER, FANS, LONG])
def test_what_can_be_drawn_without_crossings_is(nodes: list[int], edges: list[Edge]) -> None:
    assert drawn_crossings(lay_out_at_once(nodes, edges), edges) == 0


def test_what_waits_for_nothing_stands_close_to_what_follows_it() -> None:
    layers = layers_of([1, 2, 3, 9], [(1, 2), (2, 3), (9, 3)])
    assert layers == {1: 0, 2: 1, 3: 2, 9: 1}


def test_a_chain_is_a_straight_line() -> None:
    layout = lay_out_at_once([1, 2, 3], [(1, 2), (2, 3)])
    assert len({top for _, top in layout.nodes.values()}) == 1


def test_a_part_that_hangs_together_with_nothing_stands_beside() -> None:
    layout = lay_out_at_once([1, 2, 3, 4], [(1, 2), (3, 4)])
    assert layout.nodes[3] != layout.nodes[1]
    assert layout.width >= NODE_WIDTH * 2 + LAYER_GAP


def test_even_a_cycle_is_drawn() -> None:
    layout = lay_out_at_once([1, 2, 3], [(1, 2), (2, 3), (3, 1)])
    assert set(layout.nodes) == {1, 2, 3}


def test_nothing_gives_nothing() -> None:
    assert lay_out_at_once([], []) == Layout()


@st.composite
def acyclic_graphs(draw: st.DrawFn) -> tuple[list[int], list[Edge]]:
    size = draw(st.integers(1, 25))
    pairs = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda pair: pair[0] < pair[1])
    edges = draw(st.lists(pairs, unique=True, max_size=40)) if size > 1 else []
    names = draw(st.permutations(range(size)))
    return list(range(size)), [(names[start], names[end]) for start, end in edges]


@settings(max_examples=150, deadline=None)
@given(graph=acyclic_graphs())
def test_every_task_has_a_place_of_its_own_and_edges_lead_to_the_right(graph: tuple[list[int], list[Edge]]) -> None:
    nodes, edges = graph
    layout = lay_out_at_once(nodes, edges)
    assert set(layout.nodes) == set(nodes)
    for line in lines(layout, edges):
        assert all(to_x > x for (x, _), (to_x, _) in itertools.pairwise(line))
    columns: dict[float, list[float]] = {}
    for left, top in layout.nodes.values():
        columns.setdefault(left, []).append(top)
        assert 0 <= left <= layout.width - NODE_WIDTH
        assert -0.01 <= top <= layout.height - NODE_HEIGHT + 0.01
    places = sorted(layout.nodes.values())
    for index, (left, top) in enumerate(places):
        for other_left, other_top in places[:index]:
            assert abs(left - other_left) >= NODE_WIDTH or abs(top - other_top) >= NODE_HEIGHT
    assert lay_out_at_once(nodes, edges) == layout


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_ordering_never_adds_crossings(seed: int) -> None:
    chance = random.Random(seed)
    layers = [[place * 10 + n for n in range(chance.randint(1, 6))] for place in range(4)]
    after: dict[int, list[int]] = {}
    before: dict[int, list[int]] = {}
    for left, right in itertools.pairwise(layers):
        for start in left:
            for end in right:
                if chance.random() < 0.4:
                    after.setdefault(start, []).append(end)
                    before.setdefault(end, []).append(start)
    steps = order_layers(layers, after=after, before=before)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            ordered = end.value
            break
    assert [sorted(layer) for layer in ordered] == layers
    assert count_crossings(ordered, after) <= count_crossings(layers, after)


def test_five_hundred_tasks_are_laid_out_in_many_steps() -> None:
    nodes, edges = warehouse(500)
    assert len(list(lay_out(nodes, edges))) > 200, "a step must not hold the window; `make bench` measures the longest"
    assert len(lay_out_at_once(nodes, edges).nodes) == 500
