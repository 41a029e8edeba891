"""Backfills over HTTP."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from backend.api.authentication import Runner, SignedIn, actor
from backend.api.idempotency import IdempotencyKey, once
from backend.api.paging import WholeListQuery, whole_answer
from backend.api.request_spans import IN_TRACE
from backend.api.router import api_router
from backend.api.state import State
from backend.scheduling import backfills
from shared.models.backfill import Backfill, BackfillRequest
from shared.models.base import Answer, ObjectId, Page

router = api_router(tag="backfills")

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


class BackfillQuery(WholeListQuery):
    """The task whose backfills are wanted; without it, all."""

    task_id: ObjectId | None = None


@router.post(
    "/api/tasks/{task_id}/backfill",
    status_code=201,
    summary="Run a task for the occurrences of a past window",
    responses={200: {"model": Answer[Backfill], "description": "What it would create, with `dry_run`"}},
    openapi_extra=IN_TRACE,
)
async def start_backfill(
    state: State,
    user: Runner,
    request: Request,
    response: Response,
    task_id: Id,
    asked: BackfillRequest,
    idempotency_key: IdempotencyKey = None,
) -> Answer[Backfill]:
    made = await once(
        state,
        request,
        user=user,
        key=idempotency_key,
        kind=Backfill,
        produce=lambda by: backfills.start_backfill(state.context, task_id, asked, actor=actor(by)),
    )
    if made.id is None:
        response.status_code = 200
    return Answer(data=made)


@router.get("/api/backfills", summary="List the newest backfills")
async def list_backfills(state: State, user: SignedIn, query: Annotated[BackfillQuery, Query()]) -> Page[Backfill]:
    return whole_answer(await backfills.list_backfills(state.context, task_id=query.task_id, access=user.access), query)


@router.get("/api/backfills/{backfill_id}", summary="Read a backfill")
async def get_backfill(state: State, user: SignedIn, backfill_id: Id) -> Answer[Backfill]:
    return Answer(data=await backfills.read_backfill(state.context, backfill_id, access=user.access))


@router.post("/api/backfills/{backfill_id}/cancel", summary="Cancel the rest of a backfill")
async def cancel_backfill(state: State, user: Runner, backfill_id: Id) -> Answer[Backfill]:
    return Answer(data=await backfills.cancel_backfill(state.context, backfill_id, actor=actor(user)))
