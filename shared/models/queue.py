"""The queue: runs in the order in which they start, and the reason why each one waits."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.enums import Priority, QueueState
from shared.models.base import Input, Meta, ObjectId, Output
from shared.models.run import Run
from shared.models.waiting import WaitingReason

MOST_RUNS_AT_ONCE = 1000

MOST_QUEUED_TASKS = 500
"""Tasks of one filter: as many as one list of the queue by task has."""

RunIdList = Annotated[list[ObjectId], Field(min_length=1, max_length=MOST_RUNS_AT_ONCE)]


class QueueFilterFields(Input):
    """Which runs of the queue; `state` and `task_ids` may be several, `q` looks into the names of tasks.

    All that is given must hold.
    """

    state: list[QueueState] = []
    task_id: ObjectId | None = None
    task_ids: Annotated[list[ObjectId], Field(min_length=1, max_length=MOST_QUEUED_TASKS)] | None = None
    q: Annotated[str, Field(max_length=255)] | None = None


class QueueEntry(Output):
    """A run in the queue. `position` counts waiting runs, and is present only where the whole queue is listed."""

    position: int | None = None
    state: QueueState
    reason: WaitingReason | None = None
    run: Run


class QueueMeta(Meta):
    """The cursor of the next page, and the number of runs in each state, counted up to `counted_up_to`."""

    counts: dict[QueueState, int]
    counted_up_to: int


class QueuePage(Output):
    """A page of the queue."""

    success: bool = True
    data: list[QueueEntry]
    meta: QueueMeta


class QueuedTask(Output):
    """A task with runs in the queue: how many in each state, counted up to 10,000, and the one that waits longest.

    `reason` is why that run waits; it is absent where all are running, and `oldest_run_id` is the first of them.
    """

    task_id: int
    task_name: str
    folder: str
    counts: dict[QueueState, int]
    oldest_run_id: int
    oldest_queued_at: datetime
    reason: WaitingReason | None = None


class PriorityRequest(Input):
    """The new priority of waiting runs."""

    priority: Priority


class RunsRequest(Input):
    """Runs to which an action applies, each independently."""

    run_ids: RunIdList


class PrioritiesRequest(RunsRequest):
    """Waiting runs and their new priority."""

    priority: Priority


class RefusedRun(Output):
    """A run that was not changed, and the reason."""

    run_id: int
    reason: str


class RunsChanged(Output):
    """The outcome for each run: one that is refused does not affect the others."""

    changed: list[int]
    refused: list[RefusedRun] = []
