"""Which words stand on an edge, and where."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from console.views.graph.edge_labels import LabelledSpan, place_labels
from console.views.graph.edge_words import edge_sentence, label_lines
from console.views.graph.edges import edge_path, label_widths, place_words
from console.views.graph.layout import NODE_HEIGHT, NODE_WIDTH, Edge, lay_out_at_once
from shared.enums import DependencyCondition, DependencyWindow
from shared.models.task_graph import GraphEdge
from tests.console.views.graph.made_graphs import warehouse
from tests.console.views.graph.test_layout import FANS, LONG, TREE

SUCCESS, FAILURE, COMPLETION = DependencyCondition
LATEST, PERIOD = DependencyWindow.LATEST, DependencyWindow.PERIOD


def edge(
    condition: DependencyCondition, window: DependencyWindow = DependencyWindow.LATEST, pair: Edge = (1, 2)
) -> GraphEdge:
    return GraphEdge(task_id=pair[1], upstream_id=pair[0], condition=condition, window=window)


@pytest.mark.parametrize(
    ("condition", "window", "lines", "sentence"),
    [
        (SUCCESS, LATEST, (), "b runs after a run of a has succeeded."),
        (FAILURE, LATEST, ("after failure",), "b runs after a run of a has failed."),
        (COMPLETION, LATEST, ("after any outcome",), "b runs after a run of a has ended, whatever the outcome."),
        (
            SUCCESS,
            PERIOD,
            ("whole period",),
            "b runs after all runs of a in the period of its schedule have succeeded.",
        ),
        (
            FAILURE,
            PERIOD,
            ("after failure", "whole period"),
            "b runs after all runs of a in the period of its schedule have failed.",
        ),
        (
            COMPLETION,
            PERIOD,
            ("after any outcome", "whole period"),
            "b runs after all runs of a in the period of its schedule have ended, whatever the outcome.",
        ),
    ],
)
def test_only_the_unusual_is_written_on_an_edge_and_the_tip_says_all(
    condition: DependencyCondition, window: DependencyWindow, lines: tuple[str, ...], sentence: str
) -> None:
    assert label_lines(edge(condition, window)) == lines
    assert edge_sentence(edge(condition, window), upstream="a", task="b") == sentence


@pytest.mark.parametrize(("nodes", "pairs"), [TREE, FANS, LONG, warehouse(120)])
def test_words_overlap_no_task_and_no_other_words_and_stand_on_their_line(
    qapp: QApplication, nodes: list[int], pairs: list[Edge]
) -> None:
    chance = random.Random(4)
    edges = {pair: edge(chance.choice([*DependencyCondition]), chance.choice([LATEST, PERIOD]), pair) for pair in pairs}
    layout = lay_out_at_once(nodes, pairs, label_widths(edges))
    boxes = place_words(edges, layout)
    assert boxes
    for pair, box in boxes.items():
        for left, top in layout.nodes.values():
            assert not box.intersects(QRectF(left, top, NODE_WIDTH, NODE_HEIGHT)), pair
        path, _ = edge_path(layout, *pair)
        assert path.intersects(box.adjusted(0, 2, 0, -2)), pair
    unusual = {pair for pair, one in edges.items() if label_lines(one)}
    assert len(boxes) >= 0.9 * len(unusual)
    for one, box in boxes.items():
        assert [two for two in boxes if box.intersects(boxes[two])] == [one]


@given(tops=st.lists(st.integers(0, 30), min_size=1, max_size=20, unique=True))
def test_words_on_edges_into_one_task_stay_in_their_gap_and_apart(tops: list[int]) -> None:
    spans = {
        (place, 99): LabelledSpan((0.0, top * 60.0), (150.0, 200.0), 100.0, 16.0) for place, top in enumerate(tops)
    }
    boxes = place_labels(spans)
    assert set(boxes) == set(spans)
    for pair, box in boxes.items():
        assert 0 <= box.left <= box.left + box.width <= 150.0
        assert sum(box.meets(other) for other in boxes.values()) == 1, pair
