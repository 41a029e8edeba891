"""The run's life: which change of state follows from what happened."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from backend.runs.retry_delay import retry_delay
from shared.enums import OnWorkerLost, RetryBackoff, RunStatus

TRANSITIONS: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.BLOCKED: frozenset({RunStatus.PENDING, RunStatus.CANCELLED, RunStatus.SKIPPED}),
    RunStatus.PENDING: frozenset(
        {
            RunStatus.DISPATCHED,
            RunStatus.RUNNING,
            RunStatus.CANCELLED,
            RunStatus.SKIPPED,
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
"""From each status, the ones that may follow. Dispatched to final: the report of the start was overtaken.

Pending to running: a run that stands for a group. Pending to timed out: it waited longer than it may."""


def may_follow(old: RunStatus, new: RunStatus) -> bool:
    """Whether a run in `old` may go to `new`."""
    return new in TRANSITIONS[old]


class Ending(StrEnum):
    """How an attempt came to its end, as the backend sees it."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """What a task says of failures."""

    count: int
    delay: timedelta
    most: timedelta
    backoff: RetryBackoff
    on_worker_lost: OnWorkerLost
    exit_codes: frozenset[int] | None = None
    http_statuses: frozenset[int] | None = None
    on_timeout: bool = True
    longest: timedelta | None = None

    def covers(self, *, is_timeout: bool, exit_code: int | None, http_status: int | None) -> bool:
        """Whether a failure of this kind is tried again; without conditions every one is.

        A request that got no answer has no status: where only statuses are named, it counts as one of them.
        """
        if is_timeout:
            return self.on_timeout
        if self.exit_codes is None and self.http_statuses is None:
            return True
        if self.exit_codes is None and http_status is None:
            return True
        return exit_code in (self.exit_codes or ()) or http_status in (self.http_statuses or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What the database knows of a run when an attempt's end is heard."""

    status: RunStatus
    attempt: int
    failures: int
    cancel_requested: bool
    tried_for: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Superseded:
    """The attempt is no longer the run's: it is recorded, and changes nothing."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The run has its outcome."""

    status: RunStatus


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The run goes back to `pending` with its next attempt, not before `delay` has passed."""

    delay: timedelta
    failures: int


Decision = Superseded | Finish | TryAgain

_OUTCOMES = {
    Ending.SUCCEEDED: RunStatus.SUCCEEDED,
    Ending.FAILED: RunStatus.FAILED,
    Ending.TIMED_OUT: RunStatus.TIMED_OUT,
    Ending.CANCELLED: RunStatus.CANCELLED,
}


def decide_end(
    run: RunFacts,
    *,
    attempt: int,
    ending: Ending,
    policy: RetryPolicy,
    chance: float,
    began: bool = False,
    exit_code: int | None = None,
    http_status: int | None = None,
) -> Decision:
    """Return what the end of an attempt means for its run; `chance`, in [0, 1), spreads retries.

    - Only the current attempt of a run that a worker holds counts.
    - Success is success, also where a cancel was wished for: it came just before.
    - A wished cancel forestalls every retry; what the worker saw is the outcome, and a lost worker's
      run is cancelled.
    - A worker that hands an attempt back spends no retry; one that had `began` counts as lost with its worker.
    - A lost worker's run goes elsewhere, or fails where the task asks for at most once.
    - A failure is tried again where the policy covers its kind, and where the next attempt would begin before the
      time for the whole chain has passed.
    """
    if attempt != run.attempt or not run.status.is_held_by_worker:
        return Superseded()
    if ending is Ending.SUCCEEDED:
        return Finish(RunStatus.SUCCEEDED)
    if run.cancel_requested:
        return Finish(_OUTCOMES.get(ending, RunStatus.CANCELLED))
    if ending is Ending.REJECTED and not (began and policy.on_worker_lost is OnWorkerLost.FAIL):
        return TryAgain(delay=timedelta(), failures=run.failures)
    if ending in (Ending.LOST, Ending.REJECTED):
        if policy.on_worker_lost is OnWorkerLost.FAIL:
            return Finish(RunStatus.FAILED)
        return TryAgain(delay=timedelta(), failures=run.failures)
    if ending is Ending.CANCELLED:
        return Finish(RunStatus.CANCELLED)
    failures = run.failures + 1
    covered = policy.covers(is_timeout=ending is Ending.TIMED_OUT, exit_code=exit_code, http_status=http_status)
    if failures > policy.count or not covered:
        return Finish(_OUTCOMES[ending])
    delay = retry_delay(failures, base=policy.delay, most=policy.most, backoff=policy.backoff, chance=chance)
    if policy.longest is not None and run.tried_for + delay >= policy.longest:
        return Finish(_OUTCOMES[ending])
    return TryAgain(delay=delay, failures=failures)


class CancelDecision(StrEnum):
    """What a wish to cancel does."""

    AT_ONCE = "at_once"
    ASK_WORKER = "ask_worker"
    TOO_LATE = "too_late"


def decide_cancel(status: RunStatus) -> CancelDecision:
    """Return what cancelling a run in `status` does: a started one is for its worker to end."""
    if status.is_final:
        return CancelDecision.TOO_LATE
    return CancelDecision.ASK_WORKER if status.is_held_by_worker else CancelDecision.AT_ONCE
