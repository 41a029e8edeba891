"""The queue as the API gives it: runs in the order in which they start, and why each has not."""

from typing import Annotated

from pydantic import Field

from shared.enums import DependencyCondition, DependencyWindow, Priority, QueueState, RunStatus, WaitingCode
from shared.models.base import Input, Meta, Output, Timestamp
from shared.models.run import Run

MOST_RUNS_AT_ONCE = 1000

RunIdList = Annotated[
    list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(min_length=1, max_length=MOST_RUNS_AT_ONCE)
]


class AwaitedUpstream(Output):
    """An edge that is not met, and how the upstream's last run went."""

    task_id: int
    task_name: str
    condition: DependencyCondition
    window: DependencyWindow
    last_run_id: int | None = None
    last_status: RunStatus | None = None


class QueueReason(Output):
    """Why a run has not started: a word for programs, a sentence for people, and the numbers in it.

    `busy` of `limit` are the task's, the group's, the backfill's or, for `slot`, the slots of the workers that
    could take it. `until` is when a delay ends, or a rate lets the next one through. `ahead` is how many go before.
    """

    code: WaitingCode
    text: str
    busy: int | None = None
    limit: int | None = None
    group: str | None = None
    until: Timestamp | None = None
    ahead: int | None = None
    upstreams: list[AwaitedUpstream] = []


class QueueEntry(Output):
    """A run in the queue; `position` counts what waits, in the order of start, where the whole queue is listed."""

    position: int | None = None
    state: QueueState
    reason: QueueReason | None = None
    run: Run


class QueueMeta(Meta):
    """Where the list goes on, and how many runs are in each state, counted to `counted_up_to`."""

    counts: dict[QueueState, int]
    counted_up_to: int


class QueuePage(Output):
    """One page of the queue."""

    success: bool = True
    data: list[QueueEntry]
    meta: QueueMeta


class PriorityRequest(Input):
    """The priority that a waiting run gets."""

    priority: Priority


class RunsRequest(Input):
    """Runs to do something with, each for itself."""

    run_ids: RunIdList


class PrioritiesRequest(RunsRequest):
    """Waiting runs and the priority that they get."""

    priority: Priority


class RefusedRun(Output):
    """A run that was left as it is, and why."""

    run_id: int
    reason: str


class RunsChanged(Output):
    """What was done: each run for itself, so that one that has just started does not stop the others."""

    changed: list[int]
    refused: list[RefusedRun] = []
