"""What a task waits for, and what waits for it."""

import pytest

from console.theme.glyphs import Glyph
from console.views.task.neighbours import Neighbour, condition_words, downstreams_of, upstreams_of
from shared.enums import DependencyCondition, DependencyWindow, TaskStatus
from shared.models.task import LastRun
from shared.models.task_graph import GraphEdge, GraphNode, TaskGraph
from tests.console.factories import a_task

FAILURE, SUCCESS, ANY = DependencyCondition.FAILURE, DependencyCondition.SUCCESS, DependencyCondition.COMPLETION
LATEST, PERIOD = DependencyWindow.LATEST, DependencyWindow.PERIOD


def node(task_id: int, name: str, **fields: object) -> GraphNode:
    return GraphNode.model_validate({"id": task_id, "name": name, "folder": "", "status": "active"} | fields)


def edge(task_id: int, upstream_id: int, condition: DependencyCondition = SUCCESS) -> GraphEdge:
    return GraphEdge(task_id=task_id, upstream_id=upstream_id, condition=condition, window=LATEST)


GRAPH = TaskGraph(
    nodes=[
        node(1, "one", last_run=LastRun(id=9, status="failed")),
        node(2, "Before", running=1),
        node(3, "paused", status=TaskStatus.PAUSED),
        node(4, "after"),
        node(5, "far"),
    ],
    edges=[edge(1, 2), edge(1, 3, FAILURE), edge(4, 1, ANY), edge(5, 4)],
    total=5,
)


def test_only_direct_neighbours_are_listed_by_name_and_hidden_ones_last() -> None:
    task = a_task(id=1, depends_on=[{"task_id": 77}, {"task_id": 3, "condition": "failure"}, {"task_id": 2}])
    found = upstreams_of(task, GRAPH)
    assert [(one.task_id, one.name, one.glyph) for one in found] == [
        (2, "Before", Glyph.ARC),
        (3, "paused", Glyph.RING_BAR),
        (77, "", Glyph.RING_DOTTED),
    ]
    assert [one.task_id for one in downstreams_of(1, GRAPH)] == [4]
    assert downstreams_of(4, GRAPH)[0].condition is SUCCESS
    assert downstreams_of(5, GRAPH) == []


def test_a_neighbour_has_the_shape_of_its_last_run() -> None:
    assert upstreams_of(a_task(id=4, depends_on=[{"task_id": 1}]), GRAPH)[0].glyph is Glyph.CROSS
    assert downstreams_of(4, GRAPH)[0].glyph is Glyph.RING


@pytest.mark.parametrize("condition", DependencyCondition)
@pytest.mark.parametrize("window", DependencyWindow)
def test_every_condition_has_words_of_its_own(condition: DependencyCondition, window: DependencyWindow) -> None:
    every = {
        condition_words(Neighbour(1, "a", Glyph.RING, one, way))
        for one in DependencyCondition
        for way in DependencyWindow
    }
    assert len(every) == len(DependencyCondition) * len(DependencyWindow)
    assert condition_words(Neighbour(1, "a", Glyph.RING, condition, window)) in every
