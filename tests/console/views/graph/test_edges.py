"""Which words stand on an edge, and where."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from console.theme.current import Theme
from console.views.graph.edge_labels import LabelledSpan, place_labels
from console.views.graph.edge_words import edge_sentence, label_lines
from console.views.graph.edges import LABEL_PIXELS, edge_path, label_widths, place_words
from console.views.graph.items import READABLE, font_of
from console.views.graph.layout import NODE_HEIGHT, NODE_WIDTH, Edge, lay_out_at_once
from shared.enums import DependencyCondition, DependencyWindow
from shared.models.task_graph import GraphEdge
from tests.console.views.graph.made_graphs import warehouse
from tests.console.views.graph.test_layout import FANS, LONG, TREE

SUCCESS, FAILURE, COMPLETION = DependencyCondition
LATEST, PERIOD = DependencyWindow.LATEST, DependencyWindow.PERIOD
LEAST_PIXELS = 4
"""Between the words of two edges, on the screen."""


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


TWO_AND_TWO: tuple[list[int], list[Edge]] = ([1, 2, 3, 4], [(1, 3), (2, 3), (1, 4), (2, 4)])
"""Edges between neighbours, which come close to each other in the gap."""


def ink(box: QRectF, lines: Sequence[str]) -> QRectF:
    """Return the room that words take where they are drawn in the middle of a box."""
    metrics = QFontMetricsF(font_of(QApplication.font().family(), LABEL_PIXELS))
    return metrics.boundingRect(box, int(Qt.AlignmentFlag.AlignCenter), "\n".join(lines))


@pytest.mark.parametrize("language", ["in_english", "in_chinese"])
@pytest.mark.parametrize("window", [None, PERIOD])
@pytest.mark.parametrize(("nodes", "pairs"), [TREE, FANS, LONG, TWO_AND_TWO, warehouse(120)])
def test_words_stand_on_their_line_and_apart_from_each_other_and_from_tasks(
    qapp: QApplication,
    request: pytest.FixtureRequest,
    language: str,
    window: DependencyWindow | None,
    nodes: list[int],
    pairs: list[Edge],
) -> None:
    request.getfixturevalue(language)
    Theme(qapp, "light")  # with the fonts of the console
    chance = random.Random(4)
    edges = {
        pair: edge(chance.choice([*DependencyCondition]), window or chance.choice([LATEST, PERIOD]), pair)
        for pair in pairs
    }
    layout = lay_out_at_once(nodes, pairs, label_widths(edges))
    boxes = place_words(edges, layout)
    assert boxes
    for pair, box in boxes.items():
        for left, top in layout.nodes.values():
            assert not box.intersects(QRectF(left, top, NODE_WIDTH, NODE_HEIGHT)), pair
        path, _ = edge_path(layout, *pair)
        assert path.intersects(box.adjusted(0, 2, 0, -2)), pair
        assert box.contains(ink(box, label_lines(edges[pair]))), pair
    unusual = {pair for pair, one in edges.items() if label_lines(one)}
    assert len(unusual) - len(boxes) <= max(1, 0.05 * len(unusual))
    around = LEAST_PIXELS / READABLE / 2
    wide = {pair: box.adjusted(-around, -around, around, around) for pair, box in boxes.items()}
    for one, box in wide.items():
        assert [two for two in wide if box.intersects(wide[two])] == [one]


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
