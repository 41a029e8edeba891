"""Where the tasks of a dependency graph are drawn: in layers from left to right, pure and in small steps.

The method is Sugiyama's: layers by the longest way from a start, a helper on each layer that an edge passes,
few crossings by sweeps, then straight lines by pulling each layer towards its neighbours.
"""

import math
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field

from console.views.graph.ordering import Node, order_layers

NODE_WIDTH = 208.0
NODE_HEIGHT = 44.0
LAYER_GAP = 72.0
LABEL_MARGIN = 44.0
"""How much wider a gap is than the widest words in it: room for the arrow, and for words to give way to others."""
LABEL_SHARE = 1.3
"""How much wider a gap with the words of several edges is: along their lines they find places apart from each other."""
ROW_GAP = 16.0
PART_GAP = 40.0
_PASSES = 6
WIDE = 1.7
"""How much wider than high the whole may become where parts can be put beside each other."""

Point = tuple[float, float]
Edge = tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class Layout:
    """Top left corners of nodes, and for each edge the points between its ends, in scene units."""

    nodes: dict[Node, Point] = field(default_factory=dict)
    bends: dict[Edge, list[Point]] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0


def lay_out(
    nodes: Sequence[Node], edges: Sequence[Edge], widths: Mapping[Edge, float] | None = None
) -> Generator[None, None, Layout]:
    """Place `nodes`; an edge leads from what is waited for to what waits. Yields often, and returns the layout.

    `widths` are those of the words on edges: the gap before the task that waits has room for them.
    """
    parts = []
    for members in _parts(nodes, edges):
        inside = set(members)
        parts.append((yield from _lay_out_part(members, [edge for edge in edges if edge[0] in inside], widths or {})))
        yield
    return _beside_each_other(parts)


def lay_out_at_once(nodes: Sequence[Node], edges: Sequence[Edge], widths: Mapping[Edge, float] | None = None) -> Layout:
    """Return the layout without a pause."""
    steps = lay_out(nodes, edges, widths)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Layout = end.value
            return found


def layers_of(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[Node, int]:
    """Return each node's layer: behind all that it waits for, and those that wait for nothing close to what follows.

    An edge that closes a cycle is left out; the backend refuses cycles.
    """
    before: dict[Node, list[Node]] = {node: [] for node in nodes}
    after: dict[Node, list[Node]] = {node: [] for node in nodes}
    for start, end in edges:
        after[start].append(end)
        before[end].append(start)
    left = {node: len(before[node]) for node in nodes}
    ready = [node for node in nodes if not left[node]]
    layer: dict[Node, int] = {}
    order: list[Node] = []
    while len(layer) < len(left):
        if not ready:
            ready.append(next(node for node in nodes if node not in layer))
        node = ready.pop()
        if node in layer:
            continue
        layer[node] = max((layer[one] + 1 for one in before[node] if one in layer), default=0)
        order.append(node)
        for one in after[node]:
            left[one] -= 1
            if left[one] <= 0 and one not in layer:
                ready.append(one)
    for node in reversed(order):
        nexts = [layer[one] for one in after[node] if layer[one] > layer[node]]
        if nexts and not before[node]:
            layer[node] = min(nexts) - 1
    return layer


def _parts(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[list[Node]]:
    """Return the connected parts, the largest first."""
    leader = {node: node for node in nodes}

    def find(node: Node) -> Node:
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for start, end in edges:
        leader[find(start)] = find(end)
    found: dict[Node, list[Node]] = {}
    for node in nodes:
        found.setdefault(find(node), []).append(node)
    return sorted(found.values(), key=lambda part: -len(part))


def _lay_out_part(
    nodes: Sequence[Node], edges: Sequence[Edge], widths: Mapping[Edge, float]
) -> Generator[None, None, Layout]:
    layer = layers_of(nodes, edges)
    yield
    layers: list[list[Node]] = [[] for _ in range(max(layer.values()) + 1)]
    after: dict[Node, list[Node]] = {}
    before: dict[Node, list[Node]] = {}
    helpers: dict[Edge, list[Node]] = {}
    next_helper = -1
    for node in _depth_first(nodes, edges, layer):
        layers[layer[node]].append(node)
    for start, end in edges:
        low, high = sorted((start, end), key=lambda node: layer[node])
        chain = [low]
        for place in range(layer[low] + 1, layer[high]):
            layers[place].append(next_helper)
            chain.append(next_helper)
            next_helper -= 1
        helpers[start, end] = chain[1:] if low == start else chain[:0:-1]
        for one, other in zip(chain, [*chain[1:], high], strict=True):
            after.setdefault(one, []).append(other)
            before.setdefault(other, []).append(one)
    yield
    ordered = yield from order_layers(layers, after=after, before=before)
    tops = yield from _tops(ordered, after=after, before=before)
    least = min(tops[node] for node in nodes)

    lefts = _lefts(layer, widths={edge: widths[edge] for edge in edges if edge in widths}, count=len(layers))
    place_of = {node: place for place, line in enumerate(ordered) for node in line}
    placed = {node: (lefts[layer[node]], tops[node] - least) for node in nodes}
    bends: dict[Edge, list[Point]] = {}
    for edge, chain in helpers.items():
        points: list[Point] = []
        for helper in chain:
            middle = tops[helper] - least
            points += [(lefts[place_of[helper]], middle), (lefts[place_of[helper]] + NODE_WIDTH, middle)]
        bends[edge] = points if layer[edge[0]] <= layer[edge[1]] else points[::-1]
    ends = [top + NODE_HEIGHT for _, top in placed.values()] + [y for points in bends.values() for _, y in points]
    return Layout(placed, bends, lefts[-1] + NODE_WIDTH, max(ends))


def _lefts(layer: Mapping[Node, int], *, widths: Mapping[Edge, float], count: int) -> list[float]:
    """Return where each layer begins, with room in front of it for the words on edges that end there."""
    gaps = [0.0, *[LAYER_GAP] * (count - 1)]
    words = Counter(layer[end] for _, end in widths)
    for (_, end), width in widths.items():
        if layer[end]:
            room = width * LABEL_SHARE if words[layer[end]] > 1 else width
            gaps[layer[end]] = max(gaps[layer[end]], room + LABEL_MARGIN)
    lefts, reach = [], 0.0
    for gap in gaps:
        lefts.append(reach + gap)
        reach += gap + NODE_WIDTH
    return lefts


def _depth_first(nodes: Sequence[Node], edges: Sequence[Edge], layer: Mapping[Node, int]) -> list[Node]:
    """Return the nodes so that what hangs together begins close together."""
    near: dict[Node, list[Node]] = {node: [] for node in nodes}
    for start, end in edges:
        near[start].append(end)
        near[end].append(start)
    seen: dict[Node, None] = {}
    for first in sorted(nodes, key=lambda node: layer[node]):
        stack = [first]
        while stack:
            node = stack.pop()
            if node not in seen:
                seen[node] = None
                stack += [one for one in reversed(near[node]) if one not in seen]
    return list(seen)


def _tops(
    layers: Sequence[Sequence[Node]], *, after: Mapping[Node, Sequence[Node]], before: Mapping[Node, Sequence[Node]]
) -> Generator[None, None, dict[Node, float]]:
    """Return how far down each node begins; a helper has no height and pulls harder: long edges become straight."""

    def height(node: Node) -> float:
        return NODE_HEIGHT if node >= 0 else 0.0

    middles: dict[Node, float] = {}
    for layer in layers:
        reach = 0.0
        for node in layer:
            middles[node] = reach + height(node) / 2
            reach += height(node) + ROW_GAP
    for turn in range(_PASSES):
        goes_right = turn % 2 == 0
        for place in range(len(layers)) if goes_right else range(len(layers) - 1, -1, -1):
            layer = layers[place]
            near = before if goes_right else after
            far = after if goes_right else before
            wanted, weights, offsets = [], [], []
            reach = 0.0
            for index, node in enumerate(layer):
                known = near.get(node) or far.get(node) or [node]
                wanted.append(_median([middles[one] for one in known]))
                weights.append(8.0 if node < 0 else 1.0)
                if index:
                    reach += (height(layer[index - 1]) + height(node)) / 2 + ROW_GAP
                offsets.append(reach)
            middles.update(zip(layer, _spread(wanted, weights, offsets), strict=True))
            yield
    return {node: middle - height(node) / 2 for node, middle in middles.items()}


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _spread(wanted: Sequence[float], weights: Sequence[float], offsets: Sequence[float]) -> list[float]:
    """Return places in order, at least their offsets apart, as near as can be to those wanted.

    Least squares under an order: what is too close is pooled and shares its weighted mean.
    """
    pools: list[tuple[float, float, int]] = []
    for target, weight, offset in zip(wanted, weights, offsets, strict=True):
        mean, sum_of_weights, size = target - offset, weight, 1
        while pools and pools[-1][0] >= mean:
            other, other_weight, other_size = pools.pop()
            mean = (mean * sum_of_weights + other * other_weight) / (sum_of_weights + other_weight)
            sum_of_weights += other_weight
            size += other_size
        pools.append((mean, sum_of_weights, size))
    means = [mean for mean, _, size in pools for _ in range(size)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _beside_each_other(parts: Sequence[Layout]) -> Layout:
    """Return one layout with the parts on shelves."""
    area = sum((part.width + PART_GAP) * (part.height + PART_GAP) for part in parts)
    limit = max([math.sqrt(area * WIDE), *(part.width for part in parts)], default=0.0)
    nodes: dict[Node, Point] = {}
    bends: dict[Edge, list[Point]] = {}
    x = y = shelf = width = 0.0
    for part in parts:
        if x and x + part.width > limit:
            x, y, shelf = 0.0, y + shelf + PART_GAP, 0.0
        nodes |= {node: (left + x, top + y) for node, (left, top) in part.nodes.items()}
        bends |= {edge: [(left + x, top + y) for left, top in points] for edge, points in part.bends.items()}
        width = max(width, x + part.width)
        shelf = max(shelf, part.height)
        x += part.width + PART_GAP
    return Layout(nodes, bends, width, y + shelf)
