"""The queue over HTTP: what waits, why, and changing the order."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from backend.api.authentication import Runner, SignedIn, actor
from backend.api.router import api_router
from backend.api.routes.runs import RunId
from backend.api.state import State
from backend.queue import by_task, listing
from backend.queue.listing import QueueFilter
from backend.runs import reorder
from backend.runs.cancel import cancel
from backend.runs.detail import get_changed_run
from shared.models.base import Answer, Input, Page
from shared.models.queue import (
    PrioritiesRequest,
    PriorityRequest,
    QueuedTask,
    QueueFilterFields,
    QueuePage,
    RunsChanged,
    RunsRequest,
)
from shared.models.run import Run

router = api_router("/api", tag="queue")

_EACH = (
    "Each run independently: one that has started or finished is refused with the reason, the others are changed. "
    "None is changed if one of them needs a permission that you do not have."
)
_START_NOW = (
    "The run becomes critical, goes before all others and waits no longer for a limit of its task or concurrency "
    "group, a rate, an overlap, a backfill's pace, a retry's delay or other tasks. It counts towards those limits. "
    "It still needs a free slot of a worker that accepts it."
)


class QueueQuery(QueueFilterFields):
    """Which page of which runs."""

    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Annotated[str, Field(max_length=1000)] | None = None


@router.get(
    "/queue",
    summary="List what runs and what waits, in the order of start",
    description="`position` counts what waits; it is absent where only some tasks are listed or readable.",
)
async def list_queue(state: State, user: SignedIn, query: Annotated[QueueQuery, Query()]) -> QueuePage:
    return await listing.list_queue(
        state.context,
        QueueFilter.of(query),
        limit=query.limit,
        cursor=query.cursor,
        online=state.online,
        access=user.access,
    )


class QueuedTasksQuery(Input):
    """Which tasks: `q` looks into their names."""

    q: Annotated[str, Field(max_length=255)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50


@router.get(
    "/queue/tasks",
    summary="List the tasks with the most runs in the queue",
    description=(
        "Most waiting runs first. Up to 10,000 runs of a task are counted, and up to 10,000 tasks: `total` is null "
        "where more have runs in the queue."
    ),
)
async def list_queued_tasks(
    state: State, user: SignedIn, query: Annotated[QueuedTasksQuery, Query()]
) -> Page[QueuedTask]:
    return await by_task.list_queued_tasks(
        state.context, words=query.q or "", limit=query.limit, online=state.online, access=user.access
    )


@router.post("/runs/cancel", summary="Cancel up to 1,000 runs", description=_EACH)
async def cancel_runs(state: State, user: Runner, wanted: RunsRequest) -> Answer[RunsChanged]:
    return Answer(data=await cancel(state.context, wanted.run_ids, actor=actor(user)))


@router.post("/runs/priority", summary="Give up to 1,000 waiting runs another priority", description=_EACH)
async def set_priorities(state: State, user: Runner, wanted: PrioritiesRequest) -> Answer[RunsChanged]:
    return Answer(data=await reorder.set_priority(state.context, wanted.run_ids, wanted.priority, actor=actor(user)))


@router.post(
    "/runs/start-now", summary="Let up to 1,000 waiting runs go past every limit", description=f"{_START_NOW} {_EACH}"
)
async def start_runs_now(state: State, user: Runner, wanted: RunsRequest) -> Answer[RunsChanged]:
    return Answer(data=await reorder.start_now(state.context, wanted.run_ids, actor=actor(user)))


@router.post(
    "/runs/{run_id}/priority",
    summary="Give a waiting run another priority",
    description="A run moves to the position that it would have if it had been queued with this priority.",
)
async def set_priority(state: State, user: Runner, run_id: RunId, wanted: PriorityRequest) -> Answer[Run]:
    changed = await reorder.set_priority(state.context, [run_id], wanted.priority, actor=actor(user))
    return Answer(data=await get_changed_run(state.context, run_id, changed, online=state.online, access=user.access))


@router.post("/runs/{run_id}/start-now", summary="Let a waiting run go past every limit", description=_START_NOW)
async def start_now(state: State, user: Runner, run_id: RunId) -> Answer[Run]:
    changed = await reorder.start_now(state.context, [run_id], actor=actor(user))
    return Answer(data=await get_changed_run(state.context, run_id, changed, online=state.online, access=user.access))
