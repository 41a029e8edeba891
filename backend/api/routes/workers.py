"""Workers over HTTP."""

from typing import Annotated

from fastapi import Path, Request

from backend.api.authentication import Admin, Operator, Viewer, actor
from backend.api.idempotency import IdempotencyKey, once
from backend.api.paging import WholeList, whole_answer
from backend.api.router import api_router
from backend.api.state import State
from backend.workers.drain import drain_worker, resume_worker
from backend.workers.enroll import enroll_worker, revoke_worker
from backend.workers.keys import list_keys
from backend.workers.registry import list_workers, read_worker
from backend.workers.remove import remove_worker
from shared.models.base import Answer, Page
from shared.models.worker import Worker, WorkerEnrolment, WorkerKeyInfo

router = api_router("/api/workers", tag="workers")

WorkerId = Annotated[str, Path(min_length=1, max_length=200)]


@router.get("", summary="List workers")
async def get_workers(state: State, user: Viewer, part: WholeList) -> Page[Worker]:
    return whole_answer(await list_workers(state.context), part)


@router.get("/keys", summary="List the workers that were enrolled")
async def get_keys(state: State, user: Viewer, part: WholeList) -> Page[WorkerKeyInfo]:
    return whole_answer(await list_keys(state.context), part)


@router.get("/{worker_id}", summary="Read a worker")
async def get_worker(state: State, user: Viewer, worker_id: WorkerId) -> Answer[Worker]:
    return Answer(data=await read_worker(state.context, worker_id))


@router.post("/{worker_id}/drain", summary="Assign no more runs to a worker")
async def drain(state: State, user: Operator, worker_id: WorkerId) -> Answer[Worker]:
    return Answer(data=await drain_worker(state.context, worker_id, actor=actor(user)))


@router.post("/{worker_id}/resume", summary="Assign runs to a drained worker again")
async def resume(state: State, user: Operator, worker_id: WorkerId) -> Answer[Worker]:
    return Answer(data=await resume_worker(state.context, worker_id, actor=actor(user)))


@router.post("/{worker_id}/key", status_code=201, summary="Enroll a worker; its key is shown once")
async def enroll(
    state: State, user: Admin, request: Request, worker_id: WorkerId, idempotency_key: IdempotencyKey = None
) -> Answer[WorkerEnrolment]:
    return Answer(
        data=await once(
            state,
            request,
            user=user,
            key=idempotency_key,
            kind=WorkerEnrolment,
            produce=lambda by: enroll_worker(state.context, state.worker_keys, worker_id, actor=actor(by)),
            not_stored=frozenset({"key"}),
        )
    )


@router.delete("/{worker_id}/key", status_code=204, summary="Refuse what a worker sends from now on")
async def revoke(state: State, user: Admin, worker_id: WorkerId) -> None:
    await revoke_worker(state.context, state.worker_keys, worker_id, actor=actor(user))


@router.delete("/{worker_id}", status_code=204, summary="Remove a worker that is offline or lost")
async def delete(state: State, user: Operator, worker_id: WorkerId) -> None:
    await remove_worker(state.context, worker_id, actor=actor(user))
