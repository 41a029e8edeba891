"""Decides which of many tasks a request changes, and why it does not change the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.enums import BulkReason, TaskStatus
from shared.models.bulk import BulkTasks, LabelTasks, MoveTasks, PauseTasks, ResumeTasks


@dataclass(frozen=True, slots=True)
class LockedTask:
    """A task that may be changed, and does not change before the transaction ends."""

    id: int
    name: str
    folder: str
    status: TaskStatus
    labels: Mapping[str, str]
    version: int


def with_labels(labels: Mapping[str, str], *, add: Mapping[str, str], remove: Sequence[str]) -> dict[str, str]:
    """Return labels with some more and without others; what is added wins."""
    return {name: value for name, value in labels.items() if name not in remove} | dict(add)


def why_unchanged(request: BulkTasks, task: LockedTask) -> BulkReason | None:
    """Return why a request leaves a task as it is, or None where it changes it."""
    match request:
        case PauseTasks() if task.status is TaskStatus.PAUSED:
            return BulkReason.ALREADY_PAUSED
        case ResumeTasks() if task.status is TaskStatus.ACTIVE:
            return BulkReason.ALREADY_ACTIVE
        case LabelTasks() if with_labels(task.labels, add=request.add, remove=request.remove) == task.labels:
            return BulkReason.UNCHANGED
        case MoveTasks() if task.folder == request.folder:
            return BulkReason.UNCHANGED
    return None


def deletable(task_ids: Iterable[int], dependents: Mapping[int, Iterable[int]]) -> set[int]:
    """Return which tasks can be deleted together: those on which only others of them depend.

    `dependents` has the tasks that depend on each, where there are some. A task that stays makes those stay that it
    depends on.
    """
    going = set(task_ids)
    upstreams_of: dict[int, set[int]] = {}
    for upstream, those in dependents.items():
        for dependent in those:
            upstreams_of.setdefault(dependent, set()).add(upstream)
    staying = [one for one in upstreams_of if one not in going]
    while staying:
        kept = upstreams_of.get(staying.pop(), set()) & going
        going -= kept
        staying += kept
    return going
