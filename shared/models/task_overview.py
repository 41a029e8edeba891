"""Summaries of many tasks: folders, counts and recent outcomes."""

from shared.enums import RunStatus
from shared.models.base import Output, Timestamp


class TaskFolder(Output):
    """A folder that contains tasks, without those of the folders below it."""

    path: str
    tasks: int


class TaskCount(Output):
    """The number of tasks that match a filter."""

    total: int


class Outcome(Output):
    """The outcome and the duration of a run."""

    run_id: int
    status: RunStatus
    completed_at: Timestamp
    execution_time_ms: int | None = None


class RecentOutcomes(Output):
    """The last outcomes of a task, newest first."""

    task_id: int
    outcomes: list[Outcome]
