"""Which child runs a parent run has, and which outcome they give it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.workers.assignment import WORKER_LABEL
from backend.workers.placement import demands, placement
from shared.enums import RunDistribution, RunStatus


@dataclass(frozen=True, slots=True)
class ChildRun:
    """A child run: its index from 0, and what it requires of a worker."""

    index: int
    placement: str


@dataclass(frozen=True, slots=True)
class ParentOutcome:
    """The outcome of a parent run; `error` says how many of its child runs did not succeed."""

    status: RunStatus
    error: str | None


def child_runs(
    distribution: RunDistribution, *, parent_placement: str, shard_count: int | None, worker_ids: Sequence[str]
) -> list[ChildRun]:
    """Return the child runs of a parent run: one for each shard, or for each of the workers of a broadcast.

    `worker_ids` are the online workers that accept the task.
    """
    if distribution is RunDistribution.SHARDED:
        return [ChildRun(index, parent_placement) for index in range(shard_count or 1)]
    task_type, labels = demands(parent_placement)
    return [
        ChildRun(index, placement(task_type, {**labels, WORKER_LABEL: worker_id}))
        for index, worker_id in enumerate(sorted(worker_ids))
    ]


def worker_of(child_placement: str) -> str | None:
    """Return the worker that a child run requires, or None if any will do."""
    return demands(child_placement)[1].get(WORKER_LABEL)


def decide_outcome(counts: Mapping[RunStatus, int], *, cancel_requested: bool) -> ParentOutcome | None:
    """Return the outcome of child runs counted by status, or None while one of them has not ended."""
    if any(not status.is_final for status, count in counts.items() if count):
        return None
    total = sum(counts.values())
    succeeded = counts.get(RunStatus.SUCCEEDED, 0)
    if succeeded == total:
        return ParentOutcome(RunStatus.SUCCEEDED, None)
    if cancel_requested:
        return ParentOutcome(RunStatus.CANCELLED, f"cancelled: {succeeded} of {total} runs had succeeded")
    timed_out = counts.get(RunStatus.TIMED_OUT, 0)
    status = RunStatus.TIMED_OUT if timed_out == total - succeeded else RunStatus.FAILED
    return ParentOutcome(status, f"{total - succeeded} of {total} runs did not succeed")
