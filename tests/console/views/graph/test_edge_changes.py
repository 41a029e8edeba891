"""Whether a dependency can be drawn, and what it makes of a task."""

import pytest

from console.views.graph.edge_changes import applied, differences, edge_choices, refusal, reverted, way_between
from console.views.graph.model import GraphModel
from shared.enums import DependencyCondition, DependencyWindow, TaskStatus
from shared.models.task import Dependency
from shared.models.task_graph import GraphEdge, GraphNode, TaskGraph


def model_of(*edges: tuple[int, int]) -> GraphModel:
    success, latest = DependencyCondition.SUCCESS, DependencyWindow.LATEST
    return GraphModel.of(
        TaskGraph(
            nodes=[GraphNode(id=one, name=f"t{one}", folder="", status=TaskStatus.ACTIVE) for one in range(1, 7)],
            edges=[GraphEdge(upstream_id=a, task_id=b, condition=success, window=latest) for a, b in edges],
            total=6,
        )
    )


CHAIN = model_of((1, 2), (2, 3), (1, 4), (4, 5), (5, 3))


@pytest.mark.parametrize(
    ("upstream", "task", "words"),
    [
        (1, 3, ""),
        (6, 1, ""),
        (3, 6, ""),
        (2, 4, ""),
        (1, 2, "t2 already runs after t1."),
        (2, 2, "t2 cannot run after itself."),
        (2, 1, "t1 cannot run after t2, which already runs after it: t1 → t2."),
        (3, 1, "t1 cannot run after t3, which already runs after it: t1 → t2 → t3."),
        (3, 4, "t4 cannot run after t3, which already runs after it: t4 → t5 → t3."),
        (99, 1, ""),
    ],
)
def test_a_cycle_is_refused_with_the_way_that_it_would_close(
    in_english: None, upstream: int, task: int, words: str
) -> None:
    assert refusal(CHAIN, upstream_id=upstream, task_id=task) == words


def test_a_way_is_the_shortest() -> None:
    assert way_between(CHAIN, 1, 3) == [1, 2, 3]
    assert way_between(CHAIN, 3, 1) == []
    assert way_between(CHAIN, 6, 6) == [6]


def test_only_a_task_with_a_schedule_can_wait_for_a_whole_period() -> None:
    assert {choice.window for choice in edge_choices(has_schedule=False)} == {DependencyWindow.LATEST}
    assert len(edge_choices(has_schedule=False)) == len(DependencyCondition)
    assert {(choice.condition, choice.window) for choice in edge_choices(has_schedule=True)} == {
        (condition, window) for condition in DependencyCondition for window in DependencyWindow
    }


def of(upstream: int, condition: str = "success") -> Dependency:
    return Dependency(task_id=upstream, condition=DependencyCondition(condition))


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ([], [of(1)], [1]),
        ([of(1), of(2)], [of(2)], [1]),
        ([of(1), of(2)], [of(2), of(1)], []),
        ([of(1), of(2)], [of(1, "failure"), of(3)], [1, 2, 3]),
    ],
)
def test_changes_are_made_and_taken_back_beside_those_of_others(
    before: list[Dependency], after: list[Dependency], changed: list[int]
) -> None:
    changes = differences(before, after)
    assert list(changes) == changed
    others = of(8, "completion")

    def as_sent(edges: list[Dependency]) -> list[dict[str, object]]:
        return sorted((edge.model_dump(mode="json") for edge in edges), key=lambda edge: edge["task_id"])

    made = applied([*before, others], changes)
    assert sorted(made, key=lambda edge: edge["task_id"]) == as_sent([*after, others])
    back = applied([Dependency.model_validate(edge) for edge in made], reverted(changes))
    assert sorted(back, key=lambda edge: edge["task_id"]) == as_sent([*before, others])
