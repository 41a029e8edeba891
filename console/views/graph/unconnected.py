"""Where tasks without dependencies are drawn: in a grid beside the others. Pure."""

import math
from collections.abc import Iterable, Sequence

from console.views.graph.layout import LAYER_GAP, NODE_HEIGHT, NODE_WIDTH, ROW_GAP, WIDE, Edge, Layout
from console.views.graph.ordering import Node
from console.words import number, tr

COLUMN_GAP = 16.0
_BESIDE = 2 * LAYER_GAP
"""Between the tasks that are connected and the grid."""
_COUNTED_UP_TO = 10_000


def without_edges(nodes: Iterable[Node], edges: Iterable[Edge]) -> list[Node]:
    """Return the nodes at no end of an edge, in their order."""
    connected = {end for edge in edges for end in edge}
    return [node for node in nodes if node not in connected]


def with_grid(layout: Layout, nodes: Sequence[Node]) -> Layout:
    """Return the layout with more nodes beside it, column by column from the top.

    The grid is as high as what it stands beside, or higher where the whole would be too wide.
    """
    if not nodes:
        return layout
    width, height = NODE_WIDTH + COLUMN_GAP, NODE_HEIGHT + ROW_GAP
    begin = layout.width + _BESIDE if layout.nodes else 0.0
    # As many rows as make the whole `WIDE` times as wide as high: begin + count / rows * width = WIDE * rows * height.
    pleasant = (begin + math.sqrt(begin**2 + 4 * WIDE * height * width * len(nodes))) / (2 * WIDE * height)
    rows = max(1, int(pleasant), int((layout.height + ROW_GAP) // height))
    placed = {node: (begin + place // rows * width, place % rows * height) for place, node in enumerate(nodes)}
    columns = math.ceil(len(nodes) / rows)
    return Layout(
        layout.nodes | placed,
        layout.bends,
        begin + columns * width - COLUMN_GAP,
        max(layout.height, min(rows, len(nodes)) * height - ROW_GAP),
    )


def unconnected_words(count: int, *, shown: int) -> str:
    """Return what the button says that shows the tasks without dependencies, or hides those that are shown."""
    words = f"{number(count)}{'+' if count >= _COUNTED_UP_TO else ''}"
    if not shown:
        return tr("Show %1 unconnected tasks", words) if count != 1 else tr("Show 1 unconnected task")
    if shown < count:
        return tr("Hide unconnected tasks (%1 of %2)", number(shown), words)
    return tr("Hide %1 unconnected tasks", words) if count != 1 else tr("Hide 1 unconnected task")
