"""Draining a worker: it finishes its runs and is assigned no more until it is resumed."""

from backend import audit
from backend.context import Actor, ServiceContext
from backend.events.wakes import WakeReason
from backend.workers.registry import no_worker, set_drain
from shared.enums import EventType
from shared.models.worker import Worker


async def drain_worker(context: ServiceContext, worker_id: str, *, actor: Actor) -> Worker:
    """Assign no more runs to a worker; raises `NotFoundError`."""
    worker = await _change(context, worker_id, drain=True, action="worker.drain", actor=actor)
    context.events.publish(EventType.WORKER_DRAINING, [worker])
    return worker


async def resume_worker(context: ServiceContext, worker_id: str, *, actor: Actor) -> Worker:
    """Assign runs to a drained worker again; raises `NotFoundError`."""
    worker = await _change(context, worker_id, drain=False, action="worker.resume", actor=actor)
    context.events.publish(EventType.WORKER_UPDATED, [worker])
    return worker


async def _change(context: ServiceContext, worker_id: str, *, drain: bool, action: str, actor: Actor) -> Worker:
    async with context.database.transaction() as connection:
        worker = await set_drain(connection, worker_id, drain=drain)
        if worker is None:
            raise no_worker(worker_id)
        await audit.record(connection, actor=actor, action=action, object_type="worker", object_id=worker_id)
    context.signals.wake(WakeReason.WORKERS_CHANGED, WakeReason.RUNS_READY)
    return worker
