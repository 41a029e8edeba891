"""Where the arrow keys lead in the graph."""

import pytest

from console.views.graph.layout import lay_out_at_once
from console.views.graph.unconnected import with_grid
from console.views.graph.walking import Way, beside, edges_beside, first_of
from tests.console.views.graph.test_edge_changes import model_of

DIAMOND = model_of((1, 2), (1, 3), (2, 4), (3, 4))
PLACES = with_grid(lay_out_at_once([1, 2, 3, 4], list(DIAMOND.edges)), DIAMOND.unconnected).nodes
UPPER, LOWER = sorted((2, 3), key=lambda one: PLACES[one][1])


@pytest.mark.parametrize(
    ("current", "way", "reached"),
    [
        (None, Way.UP, 1),
        (99, Way.LEFT, 1),
        (1, Way.LEFT, 1),
        (UPPER, Way.DOWN, LOWER),
        (LOWER, Way.UP, UPPER),
        (UPPER, Way.UP, UPPER),
        (UPPER, Way.RIGHT, 4),
        (4, Way.RIGHT, 4),
        (5, Way.DOWN, 6),
        (5, Way.LEFT, 5),
    ],
)
def test_steps_follow_edges_to_the_sides_and_a_layer_up_and_down(current: int | None, way: Way, reached: int) -> None:
    assert DIAMOND.unconnected == [5, 6]
    assert beside(DIAMOND, PLACES, current, way) == reached


def test_steps_cross_the_columns_of_unconnected_tasks() -> None:
    lone = model_of()
    places = {1: (0.0, 0.0), 2: (0.0, 60.0), 3: (224.0, 0.0), 4: (224.0, 60.0), 5: (448.0, 0.0), 6: (448.0, 60.0)}
    assert [beside(lone, places, one, Way.RIGHT) for one in (1, 2, 3, 6)] == [3, 4, 5, 6]
    assert [beside(lone, places, one, Way.LEFT) for one in (5, 6, 1)] == [3, 4, 1]


def test_edges_to_a_side_come_from_the_top() -> None:
    assert edges_beside(DIAMOND, PLACES, 1, Way.RIGHT) == [(1, UPPER), (1, LOWER)]
    assert edges_beside(DIAMOND, PLACES, 4, Way.LEFT) == [(UPPER, 4), (LOWER, 4)]
    assert edges_beside(DIAMOND, PLACES, 1, Way.LEFT) == []
    assert first_of({}) is None
