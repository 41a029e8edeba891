"""Where the arrow keys lead in the graph. Pure."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto

from console.views.graph.layout import NODE_WIDTH, Edge, Point
from console.views.graph.model import GraphModel


class Way(Enum):
    """A direction."""

    LEFT = auto()
    RIGHT = auto()
    UP = auto()
    DOWN = auto()


def first_of(places: Mapping[int, Point]) -> int | None:
    """Return the task at the top of the leftmost layer."""
    return min(places, key=lambda one: places[one], default=None)


def beside(model: GraphModel, places: Mapping[int, Point], current: int | None, way: Way) -> int | None:
    """Return the task that a step leads to, or the current one where it leads nowhere.

    To the sides steps follow dependencies, and columns of the grid of unconnected tasks; up and down they stay in a
    layer.
    """
    if current is None or current not in places:
        return first_of(places)
    here = places[current]
    if way in (Way.UP, Way.DOWN):
        near = [
            one
            for one, (x, y) in places.items()
            if abs(x - here[0]) < NODE_WIDTH / 2 and (y > here[1] if way is Way.DOWN else y < here[1])
        ]
    elif current in model.unconnected:
        near = [one for one in model.unconnected if one in places and _is_on_side(places[one], here, way)]
    else:
        sides = model.upstreams if way is Way.LEFT else model.downstreams
        near = [one for one in sides.get(current, ()) if one in places]
    return min(near, key=lambda one: _distance(places[one], here), default=current)


def edges_beside(model: GraphModel, places: Mapping[int, Point], current: int, way: Way) -> Sequence[Edge]:
    """Return the dependencies of a task to its left or right, from the top."""
    if way is Way.LEFT:
        pairs = [(one, current) for one in model.upstreams.get(current, ())]
    else:
        pairs = [(current, one) for one in model.downstreams.get(current, ())]
    end = 0 if way is Way.LEFT else 1
    return sorted((pair for pair in pairs if pair[end] in places), key=lambda pair: (places[pair[end]][1], pair))


def _is_on_side(place: Point, here: Point, way: Way) -> bool:
    return place[0] < here[0] if way is Way.LEFT else place[0] > here[0]


def _distance(one: Point, other: Point) -> float:
    return abs(one[1] - other[1]) + abs(one[0] - other[0]) / 8
