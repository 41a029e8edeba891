"""Which runs wait for others of their own task: limits and overlap."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.enums import OverlapPolicy


class Hold(StrEnum):
    """Why a pending run may not start yet, although a worker might have room."""

    DELAY = "delay"
    LIMIT = "limit"
    OVERLAP = "overlap"


class OccurrenceFate(StrEnum):
    """What becomes of a due occurrence."""

    READY = "ready"
    WAIT = "wait"
    SKIP = "skip"
    REPLACE = "replace"


def decide_overlap(policy: OverlapPolicy, *, is_busy: bool, has_waiting_occurrence: bool) -> OccurrenceFate:
    """Return what a due occurrence does; the task `is_busy` while any of its runs has not ended.

    `queue` keeps one occurrence waiting and skips the others; `queue_all` keeps all; `replace` ends what
    runs, and waits for that end.
    """
    if policy is OverlapPolicy.ALLOW or not is_busy:
        return OccurrenceFate.READY
    if policy is OverlapPolicy.SKIP:
        return OccurrenceFate.SKIP
    if policy is OverlapPolicy.REPLACE:
        return OccurrenceFate.REPLACE
    if policy is OverlapPolicy.QUEUE and has_waiting_occurrence:
        return OccurrenceFate.SKIP
    return OccurrenceFate.WAIT


@dataclass(frozen=True, slots=True)
class HeldRun:
    """A run that waits for others of its task."""

    id: int
    hold: Hold


def decide_release(held: Sequence[HeldRun], *, busy: int, limit: int | None) -> list[int]:
    """Return the ids of the held runs, given in order of rank, that may now go to a worker.

    `busy` counts the task's runs that have been let through and have not ended. Limited runs go up to the
    limit; an occurrence held for overlap goes when nothing of the task is left. Order is kept: a run
    behind one that must wait for the limit waits too.
    """
    released = []
    for run in held:
        if limit is not None and busy >= limit:
            break
        if run.hold is Hold.OVERLAP and busy > 0:
            continue
        released.append(run.id)
        busy += 1
    return released
