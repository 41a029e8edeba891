"""Decides whether the dependencies of a task are satisfied."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency on one upstream task: `run_id` is the upstream run that satisfies it, if any.

    With the window `latest` it is the newest run that was not consumed. With the window `period` it is the newest run
    of the period, once every occurrence of the period satisfies the dependency.
    """

    upstream_id: int
    run_id: int | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DependenciesMet:
    """All dependencies are satisfied: the runs to consume, as (upstream task, run), and the last of them to finish."""

    consumed: tuple[tuple[int, int], ...]
    parent_run_id: int


def decide_period(*, expected: AbstractSet[datetime], made: int, met: AbstractSet[datetime]) -> bool:
    """Return whether every occurrence of a period satisfies a dependency.

    `expected` are the occurrences of the upstream's present schedule, `made` is the number of occurrences that have
    runs, and `met` are those whose newest run satisfies the dependency. A period without occurrences satisfies
    nothing: people see a run that waits, but not a run that started without its input.
    """
    return made > 0 and made == len(met) and expected <= met


def decide_dependencies(edges: Sequence[Edge]) -> DependenciesMet | None:
    """Return which upstream runs to consume if every dependency is satisfied, else None.

    Each dependency consumes its newest run and all older ones: A, A, B gives one run, not two.
    """
    met = [
        (edge.completed_at, edge.run_id, edge.upstream_id)
        for edge in edges
        if edge.run_id is not None and edge.completed_at is not None
    ]
    if not edges or len(met) < len(edges):
        return None
    return DependenciesMet(
        consumed=tuple((upstream_id, run_id) for _, run_id, upstream_id in met),
        parent_run_id=max(met)[1],
    )
