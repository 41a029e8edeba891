"""Decides which of many runs a request changes, and why it does not change the others."""

from collections.abc import Mapping

from shared.enums import BulkReason, Priority, RunStatus
from shared.models.bulk import BulkRuns, CancelRuns, RetryRuns

_ORDER = list(Priority)


def why_unchanged(request: BulkRuns, status: RunStatus | None) -> BulkReason | None:
    """Return why a request leaves a run as it is by its status, or None; `status` None: it no longer exists."""
    if status is None:
        return BulkReason.GONE
    if isinstance(request, RetryRuns):
        return None if status.is_final else BulkReason.NOT_ENDED
    if status.is_final:
        return BulkReason.ALREADY_ENDED
    if status.is_held_by_worker and not isinstance(request, CancelRuns):
        return BulkReason.ALREADY_STARTED
    return None


def new_priorities(
    former: Mapping[int, Priority], *, priority: Priority | None, steps: int | None
) -> dict[int, Priority]:
    """Return the priorities of those of some runs whose priority changes: all to one, or each by a step."""
    wanted: dict[int, Priority] = {}
    for run_id, before in former.items():
        after = priority or _ORDER[min(max(_ORDER.index(before) + (steps or 0), 0), len(_ORDER) - 1)]
        if after is not before:
            wanted[run_id] = after
    return wanted
