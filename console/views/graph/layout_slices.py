"""The layout of a graph, computed while the window stays responsive."""

import asyncio
import time
from collections.abc import Mapping, Sequence

from console.views.graph.edges import label_widths
from console.views.graph.layout import Edge, Layout, lay_out
from console.views.graph.model import GraphModel
from console.views.graph.unconnected import with_grid

_SLICE_SECONDS = 0.006


async def lay_out_model(model: GraphModel) -> Layout:
    """Return where everything of a graph is drawn."""
    lone = set(model.unconnected)
    connected = [node for node in model.nodes if node not in lone]
    layout = await lay_out_in_slices(connected, list(model.edges), label_widths(model.edges))
    return with_grid(layout, model.unconnected)


async def lay_out_in_slices(
    nodes: Sequence[int], edges: Sequence[Edge], widths: Mapping[Edge, float] | None = None
) -> Layout:
    """Return the layout; it is computed a few milliseconds at a time."""
    steps = lay_out(nodes, edges, widths)
    begun = time.perf_counter()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Layout = end.value
            return found
        if time.perf_counter() - begun > _SLICE_SECONDS:
            await asyncio.sleep(0)
            begun = time.perf_counter()
