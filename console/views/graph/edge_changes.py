"""What a person does to dependencies in the graph: whether it can be done, and what it makes of a task. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.views.graph.model import GraphModel
from console.words import tr
from shared.enums import DependencyCondition, DependencyWindow
from shared.models.task import Dependency

EdgeChanges = Mapping[int, tuple[Dependency | None, Dependency | None]]
"""The dependencies of one task that change, by upstream task: before and after; None where there is none."""


@dataclass(frozen=True, slots=True)
class EdgeChoice:
    """A dependency that can be drawn, in words."""

    condition: DependencyCondition
    window: DependencyWindow
    words: str


def edge_choices(*, has_schedule: bool) -> list[EdgeChoice]:
    """Return what a dependency may ask; a whole period only for a task with a schedule, which defines it."""
    latest, period = DependencyWindow.LATEST, DependencyWindow.PERIOD
    choices = [
        EdgeChoice(DependencyCondition.SUCCESS, latest, tr("After it succeeded")),
        EdgeChoice(DependencyCondition.FAILURE, latest, tr("After it failed")),
        EdgeChoice(DependencyCondition.COMPLETION, latest, tr("After any outcome")),
    ]
    if has_schedule:
        choices += [
            EdgeChoice(DependencyCondition.SUCCESS, period, tr("After all runs of the period succeeded")),
            EdgeChoice(DependencyCondition.FAILURE, period, tr("After all runs of the period failed")),
            EdgeChoice(DependencyCondition.COMPLETION, period, tr("After all runs of the period ended")),
        ]
    return choices


def refusal(model: GraphModel, *, upstream_id: int, task_id: int) -> str:
    """Return why a task cannot run after another; empty where it can, as far as the graph shows."""
    if upstream_id not in model.nodes or task_id not in model.nodes:
        return ""
    upstream, task = model.nodes[upstream_id].name, model.nodes[task_id].name
    if upstream_id == task_id:
        return tr("%1 cannot run after itself.", task)
    if (upstream_id, task_id) in model.edges:
        return tr("%1 already runs after %2.", task, upstream)
    way = way_between(model, task_id, upstream_id)
    if not way:
        return ""
    names = " → ".join(model.nodes[one].name for one in way)
    return tr("%1 cannot run after %2, which already runs after it: %3.", task, upstream, names)


def way_between(model: GraphModel, start: int, end: int) -> list[int]:
    """Return the tasks on the shortest way along dependencies from one task to another; empty without one."""
    came_from: dict[int, int] = {start: start}
    reached = [start]
    while reached and end not in came_from:
        following = []
        for one in reached:
            for after in model.downstreams.get(one, ()):
                if after not in came_from:
                    came_from[after] = one
                    following.append(after)
        reached = following
    if end not in came_from:
        return []
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def differences(before: Sequence[Dependency], after: Sequence[Dependency]) -> EdgeChanges:
    """Return what changes between the dependencies of a task."""
    old, new = ({edge.task_id: edge for edge in edges} for edges in (before, after))
    ids = [*old, *(one for one in new if one not in old)]
    return {one: (old.get(one), new.get(one)) for one in ids if old.get(one) != new.get(one)}


def reverted(changes: EdgeChanges) -> EdgeChanges:
    """Return the changes that take these back."""
    return {one: (after, before) for one, (before, after) in changes.items()}


def applied(depends_on: Sequence[Dependency], changes: EdgeChanges) -> list[dict[str, Any]]:
    """Return a task's dependencies, as the API takes them, after the changes; others stay as they are."""
    edges: dict[int, Dependency | None] = {edge.task_id: edge for edge in depends_on}
    edges |= {one: after for one, (_, after) in changes.items()}
    return [edge.model_dump(mode="json") for edge in edges.values() if edge is not None]
