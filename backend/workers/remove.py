"""Removing a worker that is offline or lost from the registry."""

from backend import audit
from backend.context import Actor, ServiceContext
from backend.workers.registry import delete_worker, get_worker, no_worker
from shared.enums import EventType
from shared.errors import ConflictError


async def remove_worker(context: ServiceContext, worker_id: str, *, actor: Actor) -> None:
    """Remove a worker; raises `NotFoundError`, and `ConflictError` if it is online or draining."""
    async with context.database.transaction() as connection:
        if not await delete_worker(connection, worker_id):
            if await get_worker(connection, worker_id) is None:
                raise no_worker(worker_id)
            raise ConflictError(f"Worker {worker_id} is running. Drain it and stop its process first.")
        await audit.record(connection, actor=actor, action="worker.delete", object_type="worker", object_id=worker_id)
    context.events.publish(EventType.WORKER_REMOVED, [{"id": worker_id}])
