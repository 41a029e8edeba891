"""Runs over HTTP."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Path, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from backend.api.authentication import Caller, Runner, SignedIn, actor
from backend.api.idempotency import IdempotencyKey, once
from backend.api.open_streams import EXPIRED, OpenStream
from backend.api.paging import ListQuery, WholeList, page_answer, sorted_by, whole_answer
from backend.api.request_spans import IN_TRACE
from backend.api.router import api_router
from backend.api.state import ApiState, State
from backend.api.stream_place import Place
from backend.runs import detail, listing
from backend.runs.beside import runs_beside
from backend.runs.cancel import cancel
from backend.runs.follow_log import follow_log
from backend.runs.retry import retry
from backend.runs.trigger import trigger_batch
from shared.enums import LogStream
from shared.models.base import Answer, Meta, Page
from shared.models.run import Attempt, LogChunk, ResourceSample, Run, RunInputs
from shared.models.run_filter import RunFilterFields
from shared.models.trigger import BatchRequest, BatchResult, RetryRequest

router = api_router("/api/runs", tag="runs")

RunId = Annotated[int, Path(ge=1, le=2**63 - 1)]
_PING_SECONDS = 10


class RunQuery(RunFilterFields, ListQuery):
    """Which page of which runs."""

    sort: Annotated[str, sorted_by(listing.SORTABLE)] | None = None


@router.get("", summary="List runs")
async def list_runs(state: State, user: SignedIn, query: Annotated[RunQuery, Query()]) -> Page[Run]:
    return page_answer(
        *await listing.list_runs(state.context, query.wanted(), query.page(), online=state.online, access=user.access)
    )


@router.post("/batch", status_code=201, summary="Make up to 10,000 runs, all or nothing", openapi_extra=IN_TRACE)
async def batch(
    state: State,
    user: Runner,
    request: Request,
    wanted: BatchRequest,
    idempotency_key: IdempotencyKey = None,
) -> Answer[BatchResult]:
    async def produce(by: Caller) -> BatchResult:
        return BatchResult(run_ids=await trigger_batch(state.context, wanted.runs, actor=actor(by)))

    return Answer(data=await once(state, request, user=user, key=idempotency_key, kind=BatchResult, produce=produce))


@router.get("/{run_id}", summary="Read a run")
async def get_run(state: State, user: SignedIn, run_id: RunId) -> Answer[Run]:
    return Answer(data=await detail.get_run(state.context, run_id, online=state.online, access=user.access))


@router.get("/{run_id}/attempts", summary="List a run's attempts")
async def attempts(state: State, user: SignedIn, part: WholeList, run_id: RunId) -> Page[Attempt]:
    return whole_answer(await detail.list_attempts(state.context, run_id, access=user.access), part)


@router.get("/{run_id}/inputs", summary="Read what a run was given")
async def inputs(state: State, user: SignedIn, run_id: RunId) -> Answer[RunInputs]:
    return Answer(data=await detail.get_inputs(state.context, run_id, access=user.access))


@router.get("/{run_id}/resources", summary="CPU and memory of a run's processes over its time")
async def resources(state: State, user: SignedIn, run_id: RunId) -> Page[ResourceSample]:
    return whole_answer(await detail.list_resources(state.context, run_id, access=user.access))


@router.get(
    "/{run_id}/beside",
    summary="List what ran on the run's worker while it did",
    description="The last to start first, without the run itself. A run that has not started has none. Of a busy time "
    "of many workers, what ended long after the run may be missing.",
)
async def beside(
    state: State, user: SignedIn, run_id: RunId, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> Page[Run]:
    return Page(data=await runs_beside(state.context, run_id, limit=limit, access=user.access), meta=Meta())


@router.get("/{run_id}/logs", summary="Read a run's output")
async def logs(
    state: State,
    user: SignedIn,
    run_id: RunId,
    after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    stream: LogStream | None = None,
) -> Page[LogChunk]:
    await detail.check_exists(state.context, run_id, access=user.access)
    chunks = await detail.read_log(state.context, run_id, after=after, limit=limit + 1, stream=stream)
    more = len(chunks) > limit
    chunks = chunks[:limit]
    return Page(data=chunks, meta=Meta(next_cursor=str(chunks[-1].id) if more else None))


@router.get(
    "/{run_id}/logs/follow",
    summary="Follow a run's output",
    response_class=EventSourceResponse,
    description="Events `log` with a chunk, and `end` with the run when it has its outcome; or `expired`, when the "
    "token is no longer valid: follow again with a new one, `after` the id of the last chunk.",
)
async def follow(
    state: State,
    place: Place,
    run_id: RunId,
    after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> EventSourceResponse:
    await detail.check_exists(state.context, run_id, access=place.identity.access)
    return EventSourceResponse(_follow(state, run_id, after, place), ping=_PING_SECONDS)


async def _follow(state: ApiState, run_id: int, after: int, place: OpenStream) -> AsyncIterator[ServerSentEvent]:
    async for item in follow_log(
        state.context,
        state.log_followers,
        run_id,
        after=after,
        online=state.online,
        access=place.identity.access,
        ended=place.ended,
    ):
        if isinstance(item, LogChunk):
            yield ServerSentEvent(item.model_dump_json(), event="log", id=str(item.id))
        else:
            yield ServerSentEvent(item.model_dump_json(), event="end")
            return
    yield EXPIRED


@router.post("/{run_id}/cancel", summary="Cancel a run")
async def cancel_run(state: State, user: Runner, run_id: RunId) -> Answer[Run]:
    changed = await cancel(state.context, [run_id], actor=actor(user))
    return Answer(
        data=await detail.get_changed_run(state.context, run_id, changed, online=state.online, access=user.access)
    )


@router.post("/{run_id}/retry", status_code=201, summary="Run a final run once more", openapi_extra=IN_TRACE)
async def retry_run(
    state: State,
    user: Runner,
    request: Request,
    run_id: RunId,
    options: RetryRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Answer[Run]:
    return Answer(
        data=await once(
            state,
            request,
            user=user,
            key=idempotency_key,
            kind=Run,
            produce=lambda by: retry(
                state.context, run_id, definition=(options or RetryRequest()).definition, actor=actor(by)
            ),
        )
    )
