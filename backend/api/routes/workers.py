"""Workers over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path

from backend import audit
from backend.api.authentication import Operator, Viewer
from backend.api.paging import WholeList, whole_answer
from backend.api.state import State
from backend.events.wakes import WakeReason
from backend.workers import registry as store
from shared.enums import EventType
from shared.errors import ConflictError, NotFoundError
from shared.models.base import Answer, Page
from shared.models.worker import Worker

router = APIRouter(prefix="/api/workers", tags=["workers"])

WorkerId = Annotated[str, Path(min_length=1, max_length=200)]


def _no_worker(worker_id: str) -> NotFoundError:
    return NotFoundError(f"There is no worker {worker_id!r}; GET /api/workers lists those there are.")


@router.get("", summary="List workers")
async def list_workers(state: State, user: Viewer, part: WholeList) -> Page[Worker]:
    async with state.context.database.transaction() as connection:
        return whole_answer(await store.all_workers(connection), part)


@router.get("/{worker_id}", summary="Read a worker")
async def get_worker(state: State, user: Viewer, worker_id: WorkerId) -> Answer[Worker]:
    async with state.context.database.transaction() as connection:
        worker = await store.get_worker(connection, worker_id)
    if worker is None:
        raise _no_worker(worker_id)
    return Answer(data=worker)


async def _set_drain(state: State, user: Operator, worker_id: str, *, drain: bool) -> Answer[Worker]:
    async with state.context.database.transaction() as connection:
        worker = await store.set_drain(connection, worker_id, drain=drain)
        if worker is None:
            raise _no_worker(worker_id)
        await audit.record(
            connection,
            actor=user.username,
            action="worker.drain" if drain else "worker.resume",
            object_type="worker",
            object_id=worker_id,
        )
    state.context.signals.wake(WakeReason.WORKERS_CHANGED, WakeReason.RUNS_READY)
    state.context.events.publish(EventType.WORKER_DRAINING if drain else EventType.WORKER_UPDATED, [worker])
    return Answer(data=worker)


@router.post("/{worker_id}/drain", summary="Give a worker no more runs")
async def drain(state: State, user: Operator, worker_id: WorkerId) -> Answer[Worker]:
    return await _set_drain(state, user, worker_id, drain=True)


@router.post("/{worker_id}/resume", summary="Give a worker runs again")
async def resume(state: State, user: Operator, worker_id: WorkerId) -> Answer[Worker]:
    return await _set_drain(state, user, worker_id, drain=False)


@router.delete("/{worker_id}", status_code=204, summary="Forget a worker that is offline or lost")
async def delete(state: State, user: Operator, worker_id: WorkerId) -> None:
    async with state.context.database.transaction() as connection:
        if not await store.delete_worker(connection, worker_id):
            if await store.get_worker(connection, worker_id) is None:
                raise _no_worker(worker_id)
            raise ConflictError(f"Worker {worker_id} is alive; drain it and stop its process first.")
        await audit.record(
            connection,
            actor=user.username,
            action="worker.delete",
            object_type="worker",
            object_id=worker_id,
        )
    state.context.events.publish(EventType.WORKER_REMOVED, [{"id": worker_id}])
