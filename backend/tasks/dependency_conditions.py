"""When a task that waits for others may go."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge: `run_id` is the upstream run that satisfies it, if any.

    With window `latest` that is the newest one that was not consumed; with window `period` the newest of those
    of the period, once all of them satisfy it.
    """

    upstream_id: int
    run_id: int | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DependenciesMet:
    """Every edge is met: the upstream runs to consume, and the last of them to finish."""

    consumed: tuple[tuple[int, int], ...]
    parent_run_id: int


def decide_period(*, expected: AbstractSet[datetime], made: int, met: AbstractSet[datetime]) -> bool:
    """Return whether every occurrence of a period satisfies an edge.

    `expected` are those that the upstream's schedule names since it is as it is; `made` counts the occurrences
    of which there are runs, and `met` are those whose newest run satisfies the edge. A period without any
    occurrence satisfies nothing: a run that waits is seen, one that went without its input is not.
    """
    return made > 0 and made == len(met) and expected <= met


def decide_dependencies(edges: Sequence[Edge]) -> DependenciesMet | None:
    """Return what is consumed where every edge is met, else None.

    Each edge consumes the newest run, and with it all older ones: A, A, B gives one run, not two.
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
