"""The runs of the same task before and after a run."""

from console.views.run.neighbours import RunNeighbours, neighbours_among
from tests.console.factories import a_run


def test_the_neighbours_are_the_nearest_on_both_sides() -> None:
    runs = [a_run(number) for number in (9, 3, 5, 7, 5, 1)]
    assert neighbours_among(a_run(5), runs) == RunNeighbours(older=a_run(3), newer=a_run(7))
    assert neighbours_among(a_run(1), runs) == RunNeighbours(newer=a_run(3))
    assert neighbours_among(a_run(9), runs) == RunNeighbours(older=a_run(7))
    assert neighbours_among(a_run(5), []) == RunNeighbours()
