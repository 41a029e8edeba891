"""How queue, runs and workers were over time."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from backend.api.authentication import Viewer
from backend.api.paging import whole_answer
from backend.api.state import ApiState, State
from backend.queue import depth as queue_depth
from backend.runs import timings as run_timings
from backend.workers import history as worker_history
from shared.errors import ValidationFailedError
from shared.models.base import Answer, GivenTimestamp, Page
from shared.models.system import QueueHistory, ThroughputHistory
from shared.models.worker import WorkerHistory

router = APIRouter(prefix="/api/system", tags=["system"])

_MOST_STEPS = 2000
_FINEST = timedelta(seconds=5)
_FINEST_COUNTED = timedelta(seconds=10)
_LONGEST_EXACT = timedelta(minutes=10)
_RESOLUTIONS = (5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400)


class HistoryQuery(BaseModel):
    """Which span, and how fine; `resolution` in seconds, by default about 300 steps."""

    model_config = ConfigDict(extra="forbid")

    since: GivenTimestamp | None = None
    until: GivenTimestamp | None = None
    resolution: Annotated[int, Field(ge=1, le=86_400)] | None = None


class WorkerHistoryQuery(HistoryQuery):
    """`worker_id` may be given more than once; without any, all workers."""

    worker_id: Annotated[list[str], Field(max_length=500)] = []


async def _span(state: ApiState, query: HistoryQuery) -> tuple[datetime, datetime, timedelta]:
    until = query.until or await state.context.database.now()
    since = query.since or until - timedelta(hours=1)
    if since >= until:
        raise ValidationFailedError.of("since", "must be before until")
    span = until - since
    wanted = query.resolution or span.total_seconds() / 300
    seconds = next((step for step in _RESOLUTIONS if step >= wanted), _RESOLUTIONS[-1])
    resolution = max(_FINEST, timedelta(seconds=seconds))
    if span / resolution > _MOST_STEPS:
        raise ValidationFailedError.of(
            "resolution", f"would give more than {_MOST_STEPS} steps; use a coarser one or a shorter span"
        )
    return since, until, resolution


@router.get("/queues/history", summary="The queue over time")
async def queue_history(state: State, user: Viewer, query: Annotated[HistoryQuery, Query()]) -> Answer[QueueHistory]:
    since, until, resolution = await _span(state, query)
    async with state.context.database.transaction() as connection:
        samples = await queue_depth.history(connection, since=since, until=until, resolution=resolution)
    return Answer(data=QueueHistory(resolution_seconds=int(resolution.total_seconds()), samples=samples))


@router.get("/throughput", summary="What ended over time, and how long it waited and took")
async def throughput(state: State, user: Viewer, query: Annotated[HistoryQuery, Query()]) -> Answer[ThroughputHistory]:
    """Steps are 10 s or longer for spans up to ten minutes; longer spans get a minute at least."""
    since, until, resolution = await _span(state, query)
    finest = _FINEST_COUNTED if until - since <= _LONGEST_EXACT else timedelta(minutes=1)
    resolution = max(resolution, finest)
    async with state.context.database.transaction() as connection:
        steps = await run_timings.throughput(connection, since=since, until=until, resolution=resolution)
    return Answer(data=ThroughputHistory(resolution_seconds=int(resolution.total_seconds()), steps=steps))


@router.get("/workers/history", summary="How busy workers were over time")
async def workers_history(
    state: State, user: Viewer, query: Annotated[WorkerHistoryQuery, Query()]
) -> Page[WorkerHistory]:
    since, until, resolution = await _span(state, query)
    async with state.context.database.transaction() as connection:
        return whole_answer(
            await worker_history.history(connection, query.worker_id, since=since, until=until, resolution=resolution)
        )
