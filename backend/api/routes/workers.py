"""Workers over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path

from backend.api.authentication import Operator, Viewer, actor
from backend.api.paging import WholeList, whole_answer
from backend.api.state import State
from backend.workers.drain import drain_worker, resume_worker
from backend.workers.registry import list_workers, read_worker
from backend.workers.remove import remove_worker
from shared.models.base import Answer, Page
from shared.models.worker import Worker

router = APIRouter(prefix="/api/workers", tags=["workers"])

WorkerId = Annotated[str, Path(min_length=1, max_length=200)]


@router.get("", summary="List workers")
async def get_workers(state: State, user: Viewer, part: WholeList) -> Page[Worker]:
    return whole_answer(await list_workers(state.context), part)


@router.get("/{worker_id}", summary="Read a worker")
async def get_worker(state: State, user: Viewer, worker_id: WorkerId) -> Answer[Worker]:
    return Answer(data=await read_worker(state.context, worker_id))


@router.post("/{worker_id}/drain", summary="Assign no more runs to a worker")
async def drain(state: State, user: Operator, worker_id: WorkerId) -> Answer[Worker]:
    return Answer(data=await drain_worker(state.context, worker_id, actor=actor(user)))


@router.post("/{worker_id}/resume", summary="Assign runs to a drained worker again")
async def resume(state: State, user: Operator, worker_id: WorkerId) -> Answer[Worker]:
    return Answer(data=await resume_worker(state.context, worker_id, actor=actor(user)))


@router.delete("/{worker_id}", status_code=204, summary="Remove a worker that is offline or lost")
async def delete(state: State, user: Operator, worker_id: WorkerId) -> None:
    await remove_worker(state.context, worker_id, actor=actor(user))
