"""Many tasks at a glance: folders, counts, how their last runs ended."""

from shared.enums import RunStatus
from shared.models.base import Output, Timestamp


class TaskFolder(Output):
    """A folder that has tasks of its own; what lies deeper is counted there."""

    path: str
    tasks: int


class TaskCount(Output):
    """How many tasks fit a filter, however many there are."""

    total: int


class Outcome(Output):
    """How one run of a task ended, and how long it took."""

    run_id: int
    status: RunStatus
    completed_at: Timestamp
    execution_time_ms: int | None = None


class RecentOutcomes(Output):
    """The last outcomes of a task, the newest first."""

    task_id: int
    outcomes: list[Outcome]
