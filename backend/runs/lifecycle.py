"""The life of a run: which status follows from what happened."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from backend.broker.messages import AttemptEnd, Ending
from backend.runs.retry_policy import RetryPolicy
from shared.enums import OnWorkerLost, RunStatus

TRANSITIONS: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.BLOCKED: frozenset({RunStatus.PENDING, RunStatus.CANCELLED}),
    RunStatus.PENDING: frozenset(
        {
            RunStatus.DISPATCHED,
            RunStatus.RUNNING,
            RunStatus.CANCELLED,
            RunStatus.TIMED_OUT,
        }
    ),
    RunStatus.DISPATCHED: frozenset(
        {
            RunStatus.RUNNING,
            RunStatus.PENDING,
            RunStatus.SUCCEEDED,
            RunStatus.FAILED,
            RunStatus.TIMED_OUT,
            RunStatus.CANCELLED,
        }
    ),
    RunStatus.RUNNING: frozenset(
        {
            RunStatus.PENDING,
            RunStatus.SUCCEEDED,
            RunStatus.FAILED,
            RunStatus.TIMED_OUT,
            RunStatus.CANCELLED,
        }
    ),
    RunStatus.SUCCEEDED: frozenset(),
    RunStatus.FAILED: frozenset(),
    RunStatus.TIMED_OUT: frozenset(),
    RunStatus.CANCELLED: frozenset(),
    RunStatus.SKIPPED: frozenset(),
}
"""From each status, the ones that may follow. Dispatched to final: the report of the start came after that of the end.

Pending to running: the parent run of a fan-out. Pending to timed out: it waited longer than its queue timeout."""


def may_follow(old: RunStatus, new: RunStatus) -> bool:
    """Whether a run in `old` may go to `new`."""
    return new in TRANSITIONS[old]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What the database knows of a run when one of its attempts ends.

    `tried_for` is the time since its first attempt was dispatched. `has_begun` says whether its worker reported the
    start of the current attempt; `begun_and_lost` counts the former attempts that had begun and were lost with their
    worker.
    """

    status: RunStatus
    attempt: int
    failures: int
    cancel_requested: bool
    worker_id: str | None = None
    tried_for: timedelta = timedelta()
    has_begun: bool = False
    begun_and_lost: int = 0


@dataclass(frozen=True, slots=True)
class Superseded:
    """The attempt is no longer the run's: it is recorded, and changes nothing."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The run has its outcome; `note` is added to its error.

    `is_given_up`: it would be retried if it had not been lost with its worker too often.
    """

    status: RunStatus
    note: str | None = None
    is_given_up: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """The run goes back to `pending` for its next attempt, not before `delay` and not after `expires_in`."""

    delay: timedelta
    failures: int
    expires_in: timedelta | None = None


Decision = Superseded | Finish | Retry

MAY_HAVE_RUN = "the command may have run, so it is not run again (on_worker_lost: fail)"


GIVEN_UP_NEXT_STEP = (
    "Check the logs of the workers' machines for what ended them, such as the kernel's out-of-memory killer, then "
    "retry the run"
)


def given_up(lost: int) -> str:
    """Return why a run is not retried after so many attempts were lost."""
    attempts = "an attempt that had begun was" if lost == 1 else f"{lost} attempts that had begun were"
    return f"{attempts} lost with the worker, so the run is not retried: its command may end the worker"


_OUTCOMES = {
    Ending.SUCCEEDED: RunStatus.SUCCEEDED,
    Ending.FAILED: RunStatus.FAILED,
    Ending.TIMED_OUT: RunStatus.TIMED_OUT,
    Ending.CANCELLED: RunStatus.CANCELLED,
}


def decide_end(
    run: RunFacts, end: AttemptEnd, *, policy: RetryPolicy, chance: float, max_lost_attempts: int
) -> Decision:
    """Return what the end of an attempt means for its run; `chance`, in [0, 1), spreads retries.

    - Only the current attempt of a run that a worker holds counts, and only from that worker.
    - Success is success, also where a cancellation was requested: the command was faster.
    - A requested cancellation prevents every retry. The worker's report is the outcome, and the run of a lost worker
      is cancelled.
    - The run of a lost worker goes to another one, or fails where the task asks for at most once. So does a run that
      its worker returned after it began. No retry is spent. A run fails with the loss that brings the attempts that
      had begun and were lost with their worker to `max_lost_attempts`.
    - A failure is retried where the policy covers its kind, as long as the next attempt can begin within the total
      time.
    """
    result = end.result
    if end.attempt != run.attempt or not run.status.is_held_by_worker or end.worker_id != run.worker_id:
        return Superseded()
    if result.ending is Ending.SUCCEEDED:
        return Finish(RunStatus.SUCCEEDED)
    if run.cancel_requested:
        return Finish(_OUTCOMES.get(result.ending, RunStatus.CANCELLED))
    if result.ending is Ending.CANCELLED:
        return Finish(RunStatus.CANCELLED)
    if result.ending in (Ending.LOST, Ending.REJECTED):
        may_have_run = result.ending is Ending.LOST or result.execution_time_ms is not None
        if may_have_run and policy.on_worker_lost is OnWorkerLost.FAIL:
            return Finish(RunStatus.FAILED, MAY_HAVE_RUN)
        lost = run.begun_and_lost + (result.ending is Ending.LOST and run.has_begun)
        if lost >= max_lost_attempts:
            return Finish(RunStatus.FAILED, given_up(lost), is_given_up=True)
        return _retry(run, policy, delay=timedelta(), failures=run.failures)
    failures = run.failures + 1
    is_covered = policy.covers(
        is_timeout=result.ending is Ending.TIMED_OUT, exit_code=result.exit_code, http_status=result.http_status
    )
    if failures > policy.count or not is_covered:
        return Finish(_OUTCOMES[result.ending])
    delay = policy.delay_after(failures, chance=chance)
    if policy.total_time is not None and run.tried_for + delay >= policy.total_time:
        return Finish(_OUTCOMES[result.ending])
    return _retry(run, policy, delay=delay, failures=failures)


def _retry(run: RunFacts, policy: RetryPolicy, *, delay: timedelta, failures: int) -> Retry:
    return Retry(delay=delay, failures=failures, expires_in=policy.expires_in(delay, tried_for=run.tried_for))


class CancelDecision(StrEnum):
    """What a request to cancel does."""

    AT_ONCE = "at_once"
    ASK_WORKER = "ask_worker"
    TOO_LATE = "too_late"


def decide_cancel(status: RunStatus) -> CancelDecision:
    """Return what a request to cancel a run in `status` does: a started run is ended by its worker."""
    if status.is_final:
        return CancelDecision.TOO_LATE
    return CancelDecision.ASK_WORKER if status.is_held_by_worker else CancelDecision.AT_ONCE
