"""Ends the attempts of workers that are lost, and those that a live worker no longer holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import AttemptEnd, AttemptRef, AttemptResult, Ending
from backend.database.metric_counts import add_counts
from backend.metric_kinds import CountKind
from backend.runs.assigned import assigned_attempts
from backend.runs.finish import finish
from backend.runs.model import RunChange
from backend.runs.result_spans import begin_lost_spans
from backend.tracing.tracer import NO_TRACER, Tracer
from backend.workers.absent_runs import AbsentRuns, AttemptKey
from backend.workers.lost_workers import HeartbeatId, SilenceClocks
from backend.workers.registry import set_status
from backend.workers.watch import AbandonedAttempt, abandoned_attempts, held_attempts, newest_heartbeats
from shared.enums import WorkerStatus
from shared.models.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverPass:
    """Workers that became lost, and the attempts that were ended.

    `stale` are attempts that ended earlier and that a worker which is back still holds, by worker.
    """

    lost: Sequence[Worker]
    changes: Sequence[RunChange]
    stale: Mapping[str, Sequence[AttemptRef]]


class RunRecovery:
    """Compares the heartbeats with the database. It keeps what it has seen for the time of a lead.

    `settled_after` is the age from which an assignment has reached its worker or expired in the broker.
    """

    def __init__(
        self,
        *,
        heartbeat_timeout: timedelta,
        settled_after: timedelta,
        replica_id: str,
        max_lost_attempts: int,
        tracer: Tracer = NO_TRACER,
    ) -> None:
        self._timeout = heartbeat_timeout
        self._settled_after = settled_after
        self._replica_id = replica_id
        self._max_lost_attempts = max_lost_attempts
        self._tracer = tracer
        self._clocks = SilenceClocks(timeout=heartbeat_timeout)
        self._absent = AbsentRuns()
        self._newest: dict[str, HeartbeatId] = {}
        self._ended: dict[str, set[AttemptRef]] = {}

    def restart_clocks(self, *, now: float) -> None:
        """Give every worker a full timeout from now, after a time without the broker."""
        self._clocks.restart_all(now=now)

    def is_any_silent(self, *, at: float) -> bool:
        """Return whether a worker will have been silent for the timeout at this monotonic time."""
        return bool(self._clocks.silent(now=at))

    async def recover(self, connection: AsyncConnection, *, now: float) -> RecoverPass:
        """Mark silent workers as lost and end the attempts that no worker holds; `now` is a monotonic time."""
        newest = await newest_heartbeats(connection)
        gone = set(self._newest) - set(newest)
        self._clocks.forget(gone)
        self._absent.forget(gone)
        self._clocks.observe(newest, now=now)
        new = {worker_id: beat for worker_id, beat in newest.items() if self._newest.get(worker_id) != beat}
        self._newest = newest
        lost = await self._mark_lost(connection, now=now)
        held = await held_attempts(connection, list(new)) if new else {}
        ends = [self._abandoned(attempt) for attempt in await abandoned_attempts(connection)]
        ends += await self._end_absent(connection, new, held)
        changes: list[RunChange] = []
        if ends:
            spans = await begin_lost_spans(connection, self._tracer, ends)
            changes = await finish(
                connection, ends, replica_id=self._replica_id, max_lost_attempts=self._max_lost_attempts
            )
            for span, end in zip(spans, ends, strict=False):
                span.end(error=end.result.error)
        for end in ends:
            if end.worker_id is not None:
                self._ended.setdefault(end.worker_id, set()).add(end.ref)
        return RecoverPass(lost=lost, changes=changes, stale=self._stale(held))

    async def _mark_lost(self, connection: AsyncConnection, *, now: float) -> list[Worker]:
        lost = []
        for worker_id in self._clocks.silent(now=now):
            worker = await set_status(connection, worker_id, WorkerStatus.LOST)
            self._clocks.forget([worker_id])
            if worker is not None:
                lost.append(worker)
        if lost:
            await add_counts(connection, {(CountKind.WORKERS_LOST, ""): len(lost)})
        return lost

    def _abandoned(self, attempt: AbandonedAttempt) -> AttemptEnd:
        if attempt.worker_status is WorkerStatus.LOST:
            seconds = self._timeout.total_seconds()
            error = f"worker {attempt.worker_id} was lost: it sent no heartbeat for {seconds:g} s"
        else:
            error = f"worker {attempt.worker_id} left before it reported"
        return _lost(attempt.run_id, attempt.attempt, attempt.worker_id, error)

    async def _end_absent(
        self,
        connection: AsyncConnection,
        new: Mapping[str, HeartbeatId],
        held: Mapping[str, frozenset[AttemptKey]],
    ) -> list[AttemptEnd]:
        """Return the ends of attempts that new heartbeats do not name for the second time."""
        if not new:
            return []
        assigned: dict[str, list[AttemptKey]] = {}
        for one in await assigned_attempts(connection, list(new), settled=self._settled_after):
            assigned.setdefault(one.worker_id, []).append((one.run_id, one.attempt))
        ends = []
        for worker_id, heartbeat in new.items():
            if worker_id not in held:
                continue
            error = f"worker {worker_id} no longer has this run: it was restarted, or never got it"
            absent = self._absent.observe(
                worker_id,
                heartbeat,
                assigned=assigned.get(worker_id, []),
                held=held.get(worker_id, frozenset()),
            )
            ends += [_lost(run_id, attempt, worker_id, error) for run_id, attempt in absent]
        return ends

    def _stale(self, held: Mapping[str, frozenset[AttemptKey]]) -> dict[str, list[AttemptRef]]:
        """Return the ended attempts that workers name in their new heartbeats. Each worker is checked once."""
        stale = {}
        for worker_id in set(self._ended) & set(held):
            ended = self._ended.pop(worker_id)
            refs = [ref for ref in ended if (ref.run_id, ref.attempt) in held[worker_id]]
            if refs:
                stale[worker_id] = refs
        return stale


def _lost(run_id: int, attempt: int, worker_id: str | None, error: str) -> AttemptEnd:
    result = AttemptResult(ending=Ending.LOST, error=error)
    return AttemptEnd(run_id=run_id, attempt=attempt, result=result, worker_id=worker_id)
