"""The order of nodes within the layers of a graph: as few crossings as some sweeps find.

Everything here yields regularly, so that its caller can do other work in between.
"""

import itertools
from collections.abc import Generator, Mapping, Sequence

Node = int
Neighbours = Mapping[Node, Sequence[Node]]

_SWEEPS = 10
_MOST_TRANSPOSED = 400


def crossings_between(left: Sequence[Node], right: Sequence[Node], after: Neighbours) -> int:
    """Return how many edges from layer `left` to layer `right` cross, counted with a Fenwick tree."""
    place = {node: index for index, node in enumerate(right)}
    size = len(right)
    tree = [0] * (size + 1)
    crossings = seen = 0
    for node in left:
        ends = [place[one] for one in after.get(node, ()) if one in place]
        for end in ends:
            below, index = 0, end + 1
            while index > 0:
                below += tree[index]
                index -= index & -index
            crossings += seen - below
        for end in ends:
            seen += 1
            index = end + 1
            while index <= size:
                tree[index] += 1
                index += index & -index
    return crossings


def count_crossings(layers: Sequence[Sequence[Node]], after: Neighbours) -> int:
    """Return how many edges cross in all."""
    return sum(crossings_between(left, right, after) for left, right in itertools.pairwise(layers))


def order_layers(
    layers: Sequence[Sequence[Node]], *, after: Neighbours, before: Neighbours
) -> Generator[None, None, list[list[Node]]]:
    """Return the layers in the best order found: sweeps by the mean place of neighbours, then swaps of pairs."""
    current = [list(layer) for layer in layers]
    best = [list(layer) for layer in current]
    fewest = count_crossings(best, after)
    for sweep in range(_SWEEPS):
        if fewest == 0:
            break
        goes_right = sweep % 2 == 0
        neighbours = before if goes_right else after
        places = range(1, len(current)) if goes_right else range(len(current) - 2, -1, -1)
        for place in places:
            fixed = current[place - 1 if goes_right else place + 1]
            current[place] = _by_mean_place(current[place], fixed, neighbours)
            yield
        found = count_crossings(current, after)
        yield
        if found < fewest:
            best, fewest = [list(layer) for layer in current], found
    if fewest and sum(map(len, best)) <= _MOST_TRANSPOSED:
        yield from _swap_pairs(best, after=after, before=before)
    return best


def _by_mean_place(layer: Sequence[Node], fixed: Sequence[Node], neighbours: Neighbours) -> list[Node]:
    """Return a layer by the mean place of each node's neighbours; those without any keep their place."""
    place = {node: index for index, node in enumerate(fixed)}
    wanted = {}
    for index, node in enumerate(layer):
        known = [place[one] for one in neighbours.get(node, ()) if one in place]
        wanted[node] = (sum(known) / len(known) if known else index * len(fixed) / max(1, len(layer)), index)
    return sorted(layer, key=lambda node: wanted[node])


def _swap_pairs(layers: list[list[Node]], *, after: Neighbours, before: Neighbours) -> Generator[None, None, None]:
    """Swap neighbours while that takes crossings away; changes `layers`."""
    for _ in range(3):
        has_changed = False
        for place, layer in enumerate(layers):
            around = [
                (layers[other], neighbours)
                for other, neighbours in ((place - 1, before), (place + 1, after))
                if 0 <= other < len(layers)
            ]
            positions = [({node: index for index, node in enumerate(fixed)}, near) for fixed, near in around]
            for index in range(len(layer) - 1):
                one, other = layer[index], layer[index + 1]
                if _pair_crossings(other, one, positions) < _pair_crossings(one, other, positions):
                    layer[index], layer[index + 1] = other, one
                    has_changed = True
            yield
        if not has_changed:
            return


def _pair_crossings(upper: Node, lower: Node, around: Sequence[tuple[Mapping[Node, int], Neighbours]]) -> int:
    """Return how many edges of two nodes cross when `upper` is above `lower`."""
    return sum(
        positions[one] > positions[other]
        for positions, neighbours in around
        for one in neighbours.get(upper, ())
        for other in neighbours.get(lower, ())
        if one in positions and other in positions
    )
