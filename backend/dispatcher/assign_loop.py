"""Assigns ready runs to workers as soon as there is a run and a slot."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import structlog

from backend.broker.messages import Assignment, AttemptEnd, AttemptResult, Ending
from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.dispatcher.command_sender import CommandSender
from backend.dispatcher.dispatch_spans import dispatch_spans
from backend.events.wakes import Wake, WakeReason, WakeReceiver
from backend.faults.store import store_faults
from backend.runs.assign import claim_batch
from backend.runs.claim import BATCH, ClaimedRun, unassign
from backend.runs.duration_statistics import mean_run_times
from backend.runs.finish import finish
from backend.runs.model import RunChange, RunChangeKind
from backend.runs.outbox import publish
from backend.secret_store.delivery import SecretDelivery
from backend.tasks.assignments import AssignmentComposer, Unreadable
from backend.workers.assignment import SchedulingStrategy
from backend.workers.online import OnlineWorkers

_SWEEP_SECONDS = 5.0
"""The longest sleep, if a wake is lost."""
_EXCLUDED_SECONDS = 1.0
"""When to check again for a heartbeat of a worker that had no queue: a heartbeat without a new status wakes nobody."""

_LEAST_EXPECTED = 8
"""Runs that are read before it is known how many fit: on an idle system they are all, and more cost little."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignPass:
    """How many runs were sent, and how many were returned to the queue because they could not be sent."""

    assigned: int = 0
    returned: int = 0


class AssignLoop:
    """Claims runs in batches and sends each worker one message a batch."""

    def __init__(
        self,
        context: ServiceContext,
        session: LeaderSession,
        sender: CommandSender,
        *,
        strategy: SchedulingStrategy,
        secrets: SecretDelivery,
    ) -> None:
        self.wakes = WakeReceiver({WakeReason.RUNS_READY, WakeReason.WORKERS_CHANGED})
        self._context = context
        self._session = session
        self._sender = sender
        self._strategy = strategy
        self._online = OnlineWorkers(mean_run_times)
        self._composer = AssignmentComposer(secrets)
        self._expected = _LEAST_EXPECTED

    async def run(self) -> None:
        """Assign until cancelled."""
        while True:
            wake = await self.wakes.wait(timeout_seconds=_SWEEP_SECONDS)
            if wake.has(WakeReason.WORKERS_CHANGED) or not wake:
                self._online.expire()
                self._sender.forget_addresses()
            self._context.passes.record(await self._assign())

    async def _assign(self) -> AssignPass:
        assigned = returned = 0
        parked: frozenset[int] = frozenset()
        has_more = True
        while has_more and self._sender.can_send:
            async with self._sender.in_order():
                # In autocommit mode, because the claim is the only statement that changes anything. If the connection
                # fails after it, the runs are dispatched without a message, which their workers' heartbeats reveal.
                async with self._session.statements() as connection:
                    online = await self._online.read(connection)
                    claimed_at = asyncio.get_running_loop().time()
                    batch = await claim_batch(
                        connection, online, strategy=self._strategy, parked=parked, expected=self._expected
                    )
                    composed = await self._composer.compose(connection, batch.claimed)
                self._expected = min(BATCH, max(_LEAST_EXPECTED, 2 * len(batch.claimed)))
                if composed.unreadable:
                    await self._set_aside(composed.unreadable)
                if composed.batches:
                    set_aside = {one.claimed.run.id for one in composed.unreadable}
                    readable = [one for one in batch.claimed if one.run.id not in set_aside]
                    with dispatch_spans(self._context.tracer, composed.batches) as batches:
                        unsent = await self._send(readable, batches, claimed_at=claimed_at)
                    assigned += len(readable) - unsent
                    returned += unsent
            parked, has_more = batch.parked, batch.has_more
        return AssignPass(assigned=assigned, returned=returned)

    async def _send(
        self, claimed: Sequence[ClaimedRun], messages: Mapping[str, Sequence[Assignment]], *, claimed_at: float
    ) -> int:
        """Send assignments and return the runs of those that were not sent to the queue; return how many."""
        unsent = await self._sender.assign(messages, claimed_at=claimed_at)
        attempts = sorted((one.run_id, one.attempt) for one in (*unsent.without_queue, *unsent.too_late))
        sent = (one.run for one in claimed if (one.run.id, one.run.attempt) not in attempts)
        publish(self._context, (RunChange(RunChangeKind.DISPATCHED, run) for run in sent))
        if not attempts:
            return 0
        self._exclude_workers({one.run_id for one in unsent.without_queue}, claimed)
        async with self._session.transaction() as connection:
            changes = await unassign(connection, attempts)
        publish(self._context, changes)
        return len(attempts)

    async def _set_aside(self, unreadable: Sequence[Unreadable]) -> None:
        """End runs that no worker could read as failed, each with its cause."""
        ends = [
            AttemptEnd(
                run_id=one.claimed.run.id,
                attempt=one.claimed.run.attempt,
                result=AttemptResult(ending=Ending.FAILED, error=one.fault.cause),
                worker_id=one.claimed.run.worker_id,
            )
            for one in unreadable
        ]
        async with self._session.transaction() as connection:
            await store_faults(connection, [one.fault for one in unreadable])
            changes = await finish(
                connection,
                ends,
                replica_id=self._context.replica_id,
                max_lost_attempts=self._context.settings.max_lost_attempts,
            )
        publish(self._context, changes)

    def _exclude_workers(self, run_ids: Set[int], claimed: Sequence[ClaimedRun]) -> None:
        """Assign nothing to the workers of these runs until their next heartbeat."""
        for worker_id in {one.run.worker_id for one in claimed if one.run.id in run_ids}:
            assert worker_id is not None
            self._online.exclude(worker_id)
            log.info("A worker has no queue. It gets no runs until its next heartbeat.", worker=worker_id)
        if run_ids:
            read_workers = Wake(frozenset({WakeReason.WORKERS_CHANGED}))
            asyncio.get_running_loop().call_later(_EXCLUDED_SECONDS, self.wakes.add, read_workers)
