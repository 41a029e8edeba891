"""Layout and painting of large graphs, offscreen: `python -m tests.bench.console_graph`."""

import asyncio
import os
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from console.theme.current import Theme
from console.views.graph.canvas import GraphCanvas
from console.views.graph.layout import Layout, lay_out
from console.views.graph.layout_slices import lay_out_in_slices
from console.views.graph.model import GraphModel
from console.views.graph.unconnected import with_grid
from console.words import Times
from shared.enums import DependencyCondition, DependencyWindow, RunStatus, TaskStatus
from shared.models.task import LastRun
from shared.models.task_graph import GraphEdge, GraphNode, TaskGraph
from tests.bench.report import report
from tests.console.views.graph.made_graphs import warehouse

CONNECTED = 500
UNCONNECTED = 2000
PAINTS = 5
SCALES = (None, 0.3, 0.5, 1.0)
"""None shows the whole graph."""


def _graph(ids: list[int], pairs: list[tuple[int, int]]) -> GraphModel:
    states = list(RunStatus)
    nodes = [
        GraphNode(
            id=one,
            name=f"task-{one}",
            folder="",
            status=TaskStatus.ACTIVE,
            last_run=LastRun(id=one + 1, status=states[one % len(states)]),
        )
        for one in ids
    ]
    edges = [
        GraphEdge(task_id=end, upstream_id=start, condition=DependencyCondition.SUCCESS, window=DependencyWindow.LATEST)
        for start, end in pairs
    ]
    return GraphModel.of(TaskGraph(nodes=nodes, edges=edges, total=len(nodes)))


def _longest_paint(canvas: GraphCanvas) -> float:
    """Return the seconds of a paint at the scale where it takes longest."""
    longest = 0.0
    for scale in SCALES:
        canvas.fit()
        if scale is not None:
            canvas.zoom(scale / canvas.transform().m11())
        canvas.grab()
        began = time.perf_counter()
        for _ in range(PAINTS):
            canvas.grab()
        longest = max(longest, (time.perf_counter() - began) / PAINTS)
    return longest


def _longest_step(ids: list[int], pairs: list[tuple[int, int]]) -> float:
    """Return the seconds of the longest part of a layout, for which the window stands still."""
    steps, longest = lay_out(ids, pairs), 0.0
    while True:
        began = time.perf_counter()
        if next(steps, False) is False:
            return longest
        longest = max(longest, time.perf_counter() - began)


def main() -> None:
    """Measure both graphs on one canvas each."""
    application = QApplication([])
    ids, pairs = warehouse(CONNECTED)
    lone = list(range(1, UNCONNECTED + 1))
    graphs = {
        str(CONNECTED): (_graph(ids, pairs), asyncio.run(lay_out_in_slices(ids, pairs))),
        f"{UNCONNECTED} unconnected": (_graph(lone, []), with_grid(Layout(), lone)),
    }
    report("console_graph_layout_step_ms", _longest_step(ids, pairs) * 1000, "ms", of=str(CONNECTED))
    for name, (model, layout) in graphs.items():
        canvas = GraphCanvas(Theme(application, "light"), Times())
        canvas.resize(1280, 720)
        canvas.show()
        began = time.perf_counter()
        canvas.show_graph(model, layout)
        report("console_graph_shown_ms", (time.perf_counter() - began) * 1000, "ms", of=name)
        report("console_graph_paint_ms", _longest_paint(canvas) * 1000, "ms", of=name)


if __name__ == "__main__":
    main()
