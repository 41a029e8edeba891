"""Notices lost workers and lost runs, and recovers the runs."""

import time
from collections.abc import Mapping
from datetime import timedelta

import structlog

from backend.broker.messages import AttemptEnd, AttemptRef, AttemptResult, Ending
from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.dispatcher.command_sender import CommandSender
from backend.events.wakes import WakeReason, WakeReceiver
from backend.runs.assigned import assigned_attempts
from backend.runs.finish import finish
from backend.runs.outbox import publish
from backend.workers import registry as workers
from backend.workers import watch as worker_watch
from backend.workers.absent_runs import AbsentRuns
from backend.workers.lost_workers import HeartbeatId, SilenceClocks
from shared.enums import EventType, WorkerStatus
from shared.models.worker import Worker

_TICK_SECONDS = 1.0

log = structlog.get_logger()


class HeartbeatMonitor:
    """Watches the beats that the intake stores, by its own monotonic clock."""

    def __init__(self, context: ServiceContext, session: LeaderSession, sender: CommandSender) -> None:
        self.wakes = WakeReceiver(())
        self._context = context
        self._session = session
        self._sender = sender
        self._clocks = SilenceClocks(timeout=context.settings.heartbeat_timeout)
        self._absences = AbsentRuns()
        self._seen: dict[str, HeartbeatId] = {}
        self._revoked: dict[str, set[AttemptRef]] = {}
        self._was_blind = True

    async def run(self) -> None:
        """Watch until cancelled. A worker's silence is known only by watching: this is the one poll."""
        while True:
            if await self._can_hear():
                if self._was_blind:
                    self._clocks.restart_all(now=time.monotonic())
                    self._was_blind = False
                await self._watch()
            else:
                self._was_blind = True
            await self.wakes.wait(timeout_seconds=_TICK_SECONDS)

    async def _can_hear(self) -> bool:
        """Whether silence would mean anything: a broker that takes no message from us takes no beat from workers."""
        if not self._sender.can_send:
            return False
        soon = time.monotonic() + _TICK_SECONDS
        return not self._clocks.silent(now=soon) or await self._sender.takes_messages()

    async def _watch(self) -> None:
        lost: list[Worker] = []
        async with self._session.transaction() as connection:
            beats = await worker_watch.newest_heartbeats(connection)
            now = time.monotonic()
            gone = set(self._seen) - set(beats)
            self._clocks.forget(gone)
            self._absences.forget(gone)
            self._clocks.observe(beats, now=now)
            new_beats = {name: beat for name, beat in beats.items() if self._seen.get(name) != beat}
            self._seen = beats
            for worker_id in self._clocks.silent(now=now):
                worker = await workers.set_status(connection, worker_id, WorkerStatus.LOST)
                self._clocks.forget([worker_id])
                if worker is not None:
                    lost.append(worker)
            held = await worker_watch.held_attempts(connection, list(new_beats)) if new_beats else {}
            ends = [
                AttemptEnd(
                    run_id=one.run_id,
                    attempt=one.attempt,
                    result=_lost(self._why_abandoned(one.worker_id, one.worker_status)),
                    worker_id=one.worker_id,
                )
                for one in await worker_watch.abandoned_attempts(connection)
            ]
            if new_beats:
                by_worker: dict[str, list[tuple[int, int]]] = {}
                for one in await assigned_attempts(connection, list(new_beats), settled=self._settled_after):
                    by_worker.setdefault(one.worker_id, []).append((one.run_id, one.attempt))
                ends += self._absent(new_beats, by_worker, held)
            changes = await finish(connection, ends, replica_id=self._context.replica_id) if ends else []
        for worker in lost:
            log.warning("worker lost", worker=worker.id, timeout=self._context.settings.heartbeat_timeout_seconds)
            self._context.signals.wake(WakeReason.WORKERS_CHANGED)
        self._context.events.publish(EventType.WORKER_LOST, lost)
        publish(self._context, changes)
        for end in ends:
            if end.worker_id is not None:
                self._revoked.setdefault(end.worker_id, set()).add(end.ref)
        await self._revoke(held)

    @property
    def _settled_after(self) -> timedelta:
        """An assignment that is older can no longer be in the broker: it has expired there."""
        return self._context.settings.assignment_expiry

    def _why_abandoned(self, worker_id: str, status: WorkerStatus | None) -> str:
        if status is WorkerStatus.LOST:
            seconds = self._context.settings.heartbeat_timeout_seconds
            return f"worker {worker_id} was lost: it sent no heartbeat for {seconds:g} s"
        return f"worker {worker_id} left before it reported"

    def _absent(
        self,
        new_beats: Mapping[str, HeartbeatId],
        assigned: Mapping[str, list[tuple[int, int]]],
        held: Mapping[str, frozenset[tuple[int, int]]],
    ) -> list[AttemptEnd]:
        return [
            AttemptEnd(
                run_id=run_id,
                attempt=attempt,
                result=_lost(f"worker {worker_id} no longer has this run: it was restarted, or never got it"),
                worker_id=worker_id,
            )
            for worker_id, beat in new_beats.items()
            for run_id, attempt in self._absences.observe(
                worker_id,
                beat,
                assigned=assigned.get(worker_id, []),
                held=held.get(worker_id, frozenset()),
            )
        ]

    async def _revoke(self, held: Mapping[str, frozenset[tuple[int, int]]]) -> None:
        """Tell workers that came back which of their attempts no longer count."""
        for worker_id in set(self._revoked) & set(held):
            stale = [ref for ref in self._revoked[worker_id] if (ref.run_id, ref.attempt) in held[worker_id]]
            del self._revoked[worker_id]
            if stale:
                async with self._sender.in_order():
                    await self._sender.revoke(worker_id, stale)


def _lost(error: str) -> AttemptResult:
    return AttemptResult(ending=Ending.LOST, error=error)
