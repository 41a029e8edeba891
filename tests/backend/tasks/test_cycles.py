"""Cycles in the graph of task dependencies, against the sorter of the standard library."""

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backend.tasks.cycles import find_cycle

NODES = st.integers(min_value=1, max_value=8)
GRAPHS = st.dictionaries(NODES, st.lists(NODES, max_size=4, unique=True), max_size=8)


@given(GRAPHS)
def test_a_cycle_is_found_where_there_is_one(edges: dict[int, list[int]]) -> None:
    try:
        TopologicalSorter(edges).prepare()
        is_cyclic = False
    except CycleError:
        is_cyclic = True
    cycle = find_cycle(edges, edges)
    assert (cycle is not None) == is_cyclic
    if cycle is not None:
        assert cycle[0] == cycle[-1]
        assert all(after in edges[before] for before, after in pairwise(cycle))


@given(GRAPHS, NODES)
def test_a_cycle_begins_at_the_task_in_question(edges: dict[int, list[int]], task_id: int) -> None:
    cycle = find_cycle([task_id], edges)
    if cycle is not None and task_id in cycle:
        assert cycle[0] == task_id


def test_a_long_chain_is_walked_without_recursion() -> None:
    edges = {task_id: [task_id + 1] for task_id in range(1, 10_000)}
    assert find_cycle([1], edges) is None
    found = find_cycle([1], edges | {10_000: [1]})
    assert found is not None
    assert len(found) == 10_001
