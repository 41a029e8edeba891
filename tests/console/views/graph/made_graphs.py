"""Graphs that are made up."""

import random

from console.views.graph.layout import Edge


def warehouse(size: int) -> tuple[list[int], list[Edge]]:
    """A graph as a large installation has it: many stages, most edges to near stages, some long ones."""
    chance = random.Random(7)
    stage = {node: chance.randint(0, 9) for node in range(size)}
    edges = set()
    for node in range(size):
        earlier = [one for one in range(size) if stage[one] < stage[node] and stage[node] - stage[one] <= 3]
        for one in chance.sample(earlier, min(len(earlier), chance.choice([1, 1, 1, 2]))):
            edges.add((one, node))
    return list(range(size)), sorted(edges)
