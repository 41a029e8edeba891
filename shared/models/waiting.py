"""Why a run has not started, as the API gives it."""

from shared.enums import DependencyCondition, DependencyWindow, RunStatus, UnschedulableCause, WaitingCode
from shared.models.base import Output, Timestamp


class AwaitedUpstream(Output):
    """An upstream task that a run waits for, and the status of its last run; a hidden task has neither name nor run."""

    task_id: int
    task_name: str
    condition: DependencyCondition
    window: DependencyWindow
    last_run_id: int | None = None
    last_status: RunStatus | None = None


class UnschedulableReason(Output):
    """Why no online worker accepts a run, and what the run requires: its task type, one worker, labels, a user."""

    cause: UnschedulableCause
    task_type: str
    worker_id: str | None = None
    worker_labels: dict[str, str] = {}
    executor: str | None = None
    run_as: str | None = None


class WaitingReason(Output):
    """Why a run has not started: a code for programs, a sentence for people, and the numbers in it.

    `busy` of `limit` are the task's, the concurrency group's, the backfill's or, for `slot`, the slots of the workers
    that accept the run. `until` is when a delay ends, or a rate allows the next start. `attempt` is the one that a
    delayed run waits for. `ahead` counts the runs that go before it. Lists and single runs have all that applies;
    events have what the run itself says.
    """

    code: WaitingCode
    text: str
    busy: int | None = None
    limit: int | None = None
    concurrency_group: str | None = None
    group: str | None = None
    """The same as `concurrency_group`, for programs that know only this name."""
    until: Timestamp | None = None
    attempt: int | None = None
    ahead: int | None = None
    unschedulable: UnschedulableReason | None = None
    upstreams: list[AwaitedUpstream] = []
