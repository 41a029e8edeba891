"""Enrolling workers, and revoking their keys."""

from backend import audit
from backend.broker.keys import WorkerKey, is_worker_id
from backend.context import Actor, ServiceContext
from backend.events.wakes import WakeReason
from backend.faults.store import clear_faults
from backend.workers.keys import WorkerKeys, store_first_key, store_key, store_revocation
from backend.workers.registry import set_offline
from shared.enums import EventType, FaultKind
from shared.errors import ConflictError, NotFoundError, StartupError, ValidationFailedError
from shared.models.worker import WorkerEnrolment

_OWN = "backend"


async def enroll_worker(
    context: ServiceContext, keys: WorkerKeys | None, worker_id: str, *, actor: Actor
) -> WorkerEnrolment:
    """Give a worker a new key, which replaces its former one; this is the only time that the key is shown.

    Raises `ConflictError` if this backend has no signing key.
    """
    if not is_worker_id(worker_id):
        raise ValidationFailedError.of("worker_id", "use letters, digits, dot, dash and _")
    async with context.database.transaction() as connection:
        key, enrolled_at = await store_key(connection, _required(keys).root, worker_id, by=actor.name)
        await clear_faults(connection, FaultKind.REFUSED, "worker", [worker_id])
        await audit.record(connection, actor=actor, action="worker.enroll", object_type="worker", object_id=worker_id)
    await _required(keys).load()
    return WorkerEnrolment(worker_id=worker_id, key=key.text(), enrolled_at=enrolled_at)


async def revoke_worker(context: ServiceContext, keys: WorkerKeys | None, worker_id: str, *, actor: Actor) -> None:
    """Refuse whatever a worker sends from now on, on every replica; its runs are retried or failed as if it were lost.

    Raises `NotFoundError` if it has no valid key.
    """
    async with context.database.transaction() as connection:
        if not await store_revocation(connection, worker_id, by=actor.name):
            raise NotFoundError(f"Worker {worker_id} has no valid key.")
        worker = await set_offline(connection, worker_id)
        await audit.record(connection, actor=actor, action="worker.revoke", object_type="worker", object_id=worker_id)
    if keys is not None:
        await keys.load()
    if worker is not None:
        context.events.publish(EventType.WORKER_OFFLINE, [worker])
        context.signals.wake(WakeReason.WORKERS_CHANGED, WakeReason.RUNS_READY)


async def enroll_own_worker(context: ServiceContext, keys: WorkerKeys | None, worker_id: str) -> WorkerKey | None:
    """Return the key of the worker in this process, which is enrolled with its first start; None without keys.

    Raises `StartupError` if its key was revoked.
    """
    if keys is None:
        return None
    async with context.database.transaction() as connection:
        await store_first_key(connection, worker_id, by=_OWN)
    await keys.load()
    found = keys.find(worker_id)
    if not isinstance(found, WorkerKey):
        raise StartupError(f"The key of worker {worker_id} was revoked. Enroll it: taskdeck worker enroll {worker_id}")
    return found


def _required(keys: WorkerKeys | None) -> WorkerKeys:
    if keys is None:
        raise ConflictError(
            "This backend does not use keys: it is a local one, or was started with --insecure-broker. Start it with "
            "TASKDECK_SIGNING_KEY_FILE to enroll workers."
        )
    return keys
