"""A run's attempts on one axis of time: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.enums import RunStatus
from shared.models.run import Attempt, Run


@dataclass(frozen=True, slots=True)
class AttemptSpan:
    """One attempt: it waited from `queued`, was on its way from `dispatched`, and worked from `started` to `ended`.

    What has not come about is None; an attempt without an end goes on. `number` 0 is a run that has not been tried.
    """

    number: int
    queued: datetime
    dispatched: datetime | None
    started: datetime | None
    ended: datetime | None
    outcome: str
    worker_id: str | None = None
    error: str | None = None
    superseded: bool = False
    execution_time_ms: int | None = None


def attempt_spans(run: Run, attempts: Sequence[Attempt]) -> list[AttemptSpan]:
    """Return the attempts, oldest first, each waiting since the one before ended; then the wait for the next one."""
    found: list[AttemptSpan] = []
    queued = run.queued_at
    for attempt in attempts:
        found.append(
            AttemptSpan(
                number=attempt.attempt,
                queued=min(queued, attempt.dispatched_at or queued),
                dispatched=attempt.dispatched_at,
                started=attempt.started_at,
                ended=attempt.completed_at,
                outcome=attempt.outcome,
                worker_id=attempt.worker_id,
                error=attempt.error,
                superseded=attempt.superseded,
                execution_time_ms=attempt.execution_time_ms,
            )
        )
        queued = attempt.completed_at or queued
    if not attempts or run.status in (RunStatus.PENDING, RunStatus.BLOCKED):
        ended = run.completed_at if not attempts else None
        found.append(
            AttemptSpan(
                number=run.attempt + 1 if attempts else 0,
                queued=queued,
                dispatched=None,
                started=None,
                ended=ended,
                outcome=run.status,
            )
        )
    return found


def extent(spans: Sequence[AttemptSpan], now: datetime) -> tuple[datetime, datetime]:
    """Return when the axis begins and ends; it is never empty."""
    begin = min(span.queued for span in spans)
    end = max(span.ended or now for span in spans)
    for span in spans:
        end = max([end, *(at for at in (span.dispatched, span.started) if at is not None)])
    return begin, max(end, begin)
