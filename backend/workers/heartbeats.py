"""Records the heartbeats of workers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import Heartbeat
from backend.context import ServiceContext
from backend.events.wakes import WakeReason
from backend.faults.model import NewFault
from backend.faults.services import worker_loop_blocked, worker_restarted
from backend.faults.store import clear_faults, store_faults
from backend.loop_watchdog import BLOCKED_SECONDS
from backend.workers import registry
from backend.workers.admission import NEXT_STEP, why_refused
from shared.enums import EventType, FaultKind, WorkerStatus
from shared.models.worker import Worker

_EVENT_OF_STATUS = {
    WorkerStatus.ONLINE: EventType.WORKER_ONLINE,
    WorkerStatus.DRAINING: EventType.WORKER_DRAINING,
    WorkerStatus.OFFLINE: EventType.WORKER_OFFLINE,
}


class HeartbeatIntake:
    """Stores the newest heartbeat of each worker, publishes it, and wakes the dispatcher when a status changes."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def handle(self, beats: Sequence[Heartbeat]) -> None:
        """Store a batch of heartbeats in one statement."""
        newest = {beat.worker_id: beat for beat in beats}
        async with self._context.database.transaction() as connection:
            before = await registry.known_workers(connection, list(newest))
            refused = await self._admit(connection, newest)
            workers = await registry.record_heartbeats(
                connection, [newest[name] for name in sorted(newest)], before=before, refused=refused
            )
            await store_faults(connection, [*_restarted(before, workers), *_blocked(newest.values())])
        has_changed = False
        for worker in workers:
            kind = EventType.WORKER_UPDATED
            known = before.get(worker.id)
            if known is None or known.status is not worker.status:
                kind, has_changed = _EVENT_OF_STATUS[worker.status], True
            self._context.events.publish(kind, [worker])
        if has_changed:
            self._context.signals.wake(WakeReason.WORKERS_CHANGED, WakeReason.RUNS_READY)

    async def _admit(self, connection: AsyncConnection, newest: Mapping[str, Heartbeat]) -> frozenset[str]:
        """Return the workers that are refused, store why, and forget the refusals of those that are not."""
        key = self._context.settings.signing_key
        faults = []
        for worker_id in sorted(newest):
            beat = newest[worker_id]
            why = why_refused(worker_id=worker_id, incarnation=beat.incarnation, proof=beat.key_proof, key=key)
            if why is not None:
                faults.append(
                    NewFault(
                        kind=FaultKind.REFUSED,
                        object_type="worker",
                        object_id=worker_id,
                        cause=f"refused, so that it gets no runs: {why}",
                        next_step=NEXT_STEP,
                    )
                )
        refused = frozenset(fault.object_id for fault in faults)
        await store_faults(connection, faults)
        admitted = sorted(set(newest) - refused)
        if admitted:
            await clear_faults(connection, FaultKind.REFUSED, "worker", admitted)
        return refused


def _restarted(before: Mapping[str, registry.WorkerBefore], workers: Sequence[Worker]) -> Iterator[NewFault]:
    for worker in workers:
        known = before.get(worker.id)
        if known is not None and known.ended_early(worker.incarnation):
            yield worker_restarted(worker.id, hostname=worker.hostname)


def _blocked(beats: Iterable[Heartbeat]) -> Iterator[NewFault]:
    for beat in beats:
        if beat.loop_lag_seconds is not None and beat.loop_lag_seconds > BLOCKED_SECONDS:
            yield worker_loop_blocked(beat.worker_id, hostname=beat.hostname, seconds=beat.loop_lag_seconds)
