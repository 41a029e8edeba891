"""Records the heartbeats of workers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import Heartbeat
from backend.context import ServiceContext
from backend.events.wakes import WakeReason
from backend.faults.model import NewFault
from backend.faults.services import worker_loop_blocked, worker_restarted
from backend.faults.store import clear_faults, store_faults
from backend.faults.survivors import clear_ended
from backend.loop_watchdog import BLOCKED_SECONDS
from backend.workers import registry
from backend.workers.refused_messages import commands_refused
from shared.enums import EventType, FaultKind, WorkerStatus
from shared.models.worker import Worker

_EVENT_OF_STATUS = {
    WorkerStatus.ONLINE: EventType.WORKER_ONLINE,
    WorkerStatus.DRAINING: EventType.WORKER_DRAINING,
    WorkerStatus.OFFLINE: EventType.WORKER_OFFLINE,
}


class HeartbeatIntake:
    """Stores the newest heartbeat of each worker, publishes it, and wakes the dispatcher when a status changes."""

    def __init__(self, context: ServiceContext, *, is_sealed: bool = False) -> None:
        """`is_sealed`: the incarnations of a worker are ordered, and an earlier one is a recording."""
        self._context = context
        self._is_sealed = is_sealed

    async def handle(self, beats: Sequence[Heartbeat]) -> None:
        """Store a batch of heartbeats in one statement."""
        newest = newest_heartbeats(beats)
        async with self._context.database.transaction() as connection:
            before = await registry.lock_known_workers(connection, list(newest))
            workers = await registry.record_heartbeats(
                connection,
                [newest[name] for name in sorted(newest)],
                before=before,
                only_later_incarnations=self._is_sealed,
            )
            await _forget_refusals(connection, before, workers)
            beats_now = newest.values()
            await clear_ended(connection, [(beat.worker_id, ref) for beat in beats_now for ref in beat.ended_survivors])
            await store_faults(connection, [*_restarted(before, workers), *_blocked(beats_now), *_refusing(beats_now)])
        has_changed = False
        for worker in workers:
            kind = EventType.WORKER_UPDATED
            known = before.get(worker.id)
            if known is None or known.status is not worker.status:
                kind, has_changed = _EVENT_OF_STATUS[worker.status], True
            # A command is for one process of a worker.
            has_changed |= known is not None and known.incarnation != worker.incarnation
            self._context.events.publish(kind, [worker])
        if has_changed:
            self._context.signals.wake(WakeReason.WORKERS_CHANGED, WakeReason.RUNS_READY)


def newest_heartbeats(beats: Iterable[Heartbeat]) -> dict[str, Heartbeat]:
    """Return the newest heartbeat of each worker, with what only an earlier one of its process says.

    A backend that was busy reads several at once, and few of them have the worker's rules.
    """
    newest: dict[str, Heartbeat] = {}
    for beat in beats:
        earlier = newest.get(beat.worker_id)
        if earlier is not None and earlier.incarnation == beat.incarnation:
            earlier, later = sorted((earlier, beat), key=attrgetter("sequence"))
            refused = earlier.refused_commands + later.refused_commands
            beat = replace(later, rules=later.rules or earlier.rules, refused_commands=refused)
        newest[beat.worker_id] = beat
    return newest


async def _forget_refusals(
    connection: AsyncConnection, before: Mapping[str, registry.WorkerBefore], workers: Sequence[Worker]
) -> None:
    """Remove the refusals of workers that have come back: what was refused is likely to have been their own."""
    returned = [
        worker.id
        for worker in workers
        if (known := before.get(worker.id)) is None or known.status in (WorkerStatus.OFFLINE, WorkerStatus.LOST)
    ]
    if returned:
        await clear_faults(connection, FaultKind.REFUSED, "worker", returned)


def _restarted(before: Mapping[str, registry.WorkerBefore], workers: Sequence[Worker]) -> Iterator[NewFault]:
    for worker in workers:
        known = before.get(worker.id)
        if known is not None and known.ended_early(worker.incarnation):
            yield worker_restarted(worker.id, hostname=worker.hostname)


def _refusing(beats: Iterable[Heartbeat]) -> Iterator[NewFault]:
    for beat in beats:
        if beat.refused_commands:
            yield commands_refused(beat.worker_id, hostname=beat.hostname, count=beat.refused_commands)


def _blocked(beats: Iterable[Heartbeat]) -> Iterator[NewFault]:
    for beat in beats:
        if beat.loop_lag_seconds is not None and beat.loop_lag_seconds > BLOCKED_SECONDS:
            yield worker_loop_blocked(beat.worker_id, hostname=beat.hostname, seconds=beat.loop_lag_seconds)
