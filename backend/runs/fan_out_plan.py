"""A broadcast or sharded occurrence: one run that stands for a group of runs, with one outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.workers.assignment import WORKER_LABEL
from backend.workers.placement import demands, placement
from shared.enums import RunDistribution, RunStatus


@dataclass(frozen=True, slots=True)
class Member:
    """One run of a group: its place among them, from 0, and what it asks of a worker."""

    index: int
    placement: str


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """What came of a group; `error` says how many of its runs did not succeed."""

    status: RunStatus
    error: str | None


def members(
    distribution: RunDistribution, *, group_placement: str, shard_count: int | None, worker_ids: Sequence[str]
) -> list[Member]:
    """Return the runs that a group consists of; none where a broadcast finds no worker.

    `worker_ids` are the online workers that accept the task.
    """
    if distribution is RunDistribution.SHARDED:
        return [Member(index, group_placement) for index in range(shard_count or 1)]
    task_type, labels = demands(group_placement)
    return [
        Member(index, placement(task_type, {**labels, WORKER_LABEL: worker_id}))
        for index, worker_id in enumerate(sorted(worker_ids))
    ]


def worker_of(member_placement: str) -> str | None:
    """Return the one worker that a member asks for, or None where any will do."""
    return demands(member_placement)[1].get(WORKER_LABEL)


def decide_group(counts: Mapping[RunStatus, int], *, cancel_requested: bool) -> GroupOutcome | None:
    """Return the outcome of a group of runs counted by status, or None while one of them has none."""
    if any(not status.is_final for status, count in counts.items() if count):
        return None
    total = sum(counts.values())
    succeeded = counts.get(RunStatus.SUCCEEDED, 0)
    if succeeded == total:
        return GroupOutcome(RunStatus.SUCCEEDED, None)
    if cancel_requested:
        return GroupOutcome(RunStatus.CANCELLED, f"cancelled: {succeeded} of {total} runs had succeeded")
    timed_out = counts.get(RunStatus.TIMED_OUT, 0)
    status = RunStatus.TIMED_OUT if timed_out == total - succeeded else RunStatus.FAILED
    return GroupOutcome(status, f"{total - succeeded} of {total} runs did not succeed")
