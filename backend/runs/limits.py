"""Which runs wait for others: limits of their task, concurrency groups, overlap and backfills."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.enums import OverlapPolicy


class Hold(StrEnum):
    """Why a pending run may not start yet, although a worker might have a free slot.

    `expand`: the dispatcher creates its child runs next.
    """

    DELAY = "delay"
    LIMIT = "limit"
    OVERLAP = "overlap"
    BACKFILL = "backfill"
    EXPAND = "expand"


GATES = (Hold.LIMIT, Hold.OVERLAP, Hold.BACKFILL)
"""The holds of runs that wait for other runs; a release pass ends them."""


class OccurrenceFate(StrEnum):
    """What happens to a due occurrence."""

    READY = "ready"
    WAIT = "wait"
    SKIP = "skip"
    REPLACE = "replace"


def decide_overlap(
    policy: OverlapPolicy, *, is_busy: bool, has_waiting_occurrence: bool, is_made_up_for: bool = False
) -> OccurrenceFate:
    """Return what happens to a due occurrence; the task `is_busy` while any of its runs has not finished.

    `queue` lets one occurrence wait and skips the others. `queue_all` lets all wait. `replace` cancels the task's
    other runs and waits until they have ended. `is_made_up_for`: the occurrence was missed and the task fires all
    missed ones, so `queue` lets all of them wait.
    """
    if policy is OverlapPolicy.ALLOW or not is_busy:
        return OccurrenceFate.READY
    if policy is OverlapPolicy.SKIP:
        return OccurrenceFate.SKIP
    if policy is OverlapPolicy.REPLACE:
        return OccurrenceFate.REPLACE
    if policy is OverlapPolicy.QUEUE and has_waiting_occurrence and not is_made_up_for:
        return OccurrenceFate.SKIP
    return OccurrenceFate.WAIT


def hold_at_birth(
    *, max_concurrency: int | None, concurrency_group: str | None, is_expanded: bool, ignores: bool
) -> Hold | None:
    """Return what holds a run that waits for nothing else; a parent run is not limited itself."""
    if is_expanded:
        return Hold.EXPAND
    if ignores or (max_concurrency is None and concurrency_group is None):
        return None
    return Hold.LIMIT


@dataclass(frozen=True, slots=True)
class HeldRun:
    """A run that waits for others of its task, its concurrency group or its backfill."""

    id: int
    task_id: int
    hold: Hold
    rank: int
    concurrency_group: str | None = None
    backfill_id: int | None = None


@dataclass(slots=True)
class Room:
    """The usage of a limit, and the limit: `busy` counts released runs that have not finished.

    `starts_left` is how many more may start within the minute; None: any number.
    """

    busy: int
    limit: int | None = None
    starts_left: int | None = None

    @property
    def is_full(self) -> bool:
        """Whether no further run may be released."""
        return (self.limit is not None and self.busy >= self.limit) or self.starts_left == 0

    def add_run(self) -> None:
        """Count one more released run."""
        self.busy += 1
        if self.starts_left is not None:
            self.starts_left -= 1


def decide_release(
    held: Sequence[HeldRun],
    *,
    tasks: Mapping[int, Room],
    concurrency_groups: Mapping[str, Room],
    backfills: Mapping[int, Room],
) -> list[int]:
    """Return the ids of the held runs that may now be released, in order of rank.

    A run is released when its task, its concurrency group and its backfill have room, and one held for overlap when
    its task has no other released run. Within a task and within a concurrency group a later run never overtakes for the
    same room. A run that waits for its own task does not stop others of its concurrency group. Runs held by a backfill
    come after all others.
    """
    unlimited = Room(0)
    released = []
    for run in sorted(held, key=lambda run: (run.hold is Hold.BACKFILL, run.rank, run.id)):
        rooms = (
            tasks.get(run.task_id, unlimited),
            unlimited if run.concurrency_group is None else concurrency_groups.get(run.concurrency_group, unlimited),
            unlimited if run.backfill_id is None else backfills.get(run.backfill_id, unlimited),
        )
        if any(room.is_full for room in rooms) or (run.hold is Hold.OVERLAP and rooms[0].busy > 0):
            continue
        released.append(run.id)
        for room in rooms:
            if room is not unlimited:
                room.add_run()
    return released
