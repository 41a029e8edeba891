"""Heartbeats: the registry of workers."""

from collections.abc import Sequence

from backend.broker.messages import Heartbeat
from backend.context import ServiceContext
from backend.events.wakes import WakeReason
from backend.workers import registry as store
from shared.enums import EventType, WorkerStatus

_EVENT_OF_STATUS = {
    WorkerStatus.ONLINE: EventType.WORKER_ONLINE,
    WorkerStatus.DRAINING: EventType.WORKER_DRAINING,
    WorkerStatus.OFFLINE: EventType.WORKER_OFFLINE,
}


class HeartbeatIntake:
    """Stores the newest beat of each worker and says when one comes, goes or changes its state."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def handle(self, beats: Sequence[Heartbeat]) -> None:
        """Store a batch of beats in one statement."""
        newest = {beat.worker_id: beat for beat in beats}
        async with self._context.database.transaction() as connection:
            before = await store.statuses(connection, list(newest))
            rows = await store.beat(connection, [newest[name] for name in sorted(newest)])
        changed = False
        for row in rows:
            status = WorkerStatus(row["status"])
            kind = EventType.WORKER_UPDATED
            if before.get(row["id"]) is not status:
                kind, changed = _EVENT_OF_STATUS[status], True
            fields = {name: row[name] for name in row if name not in ("held", "drain_requested")}
            worker = store.worker_from_row(fields | {"heartbeat_age_seconds": 0.0})
            self._context.events.publish(kind, [worker])
        if changed:
            self._context.signals.wake(WakeReason.WORKERS_CHANGED, WakeReason.RUNS_READY)
