"""Queue, runs and workers over time, over HTTP."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from backend.api.authentication import Viewer
from backend.api.paging import whole_answer
from backend.api.router import api_router
from backend.api.state import State
from backend.queue.history import queue_history
from backend.runs.duration_statistics import throughput
from backend.time_span import RequestedSpan
from backend.workers.history import workers_history
from shared.models.base import Answer, GivenTimestamp, Page
from shared.models.system import QueueHistory, ThroughputHistory
from shared.models.worker import WorkerHistory

router = api_router("/api/system", tag="system")


class HistoryQuery(BaseModel):
    """Which span, by default the last hour; `resolution` in seconds, by default about 300 steps."""

    model_config = ConfigDict(extra="forbid")

    since: GivenTimestamp | None = None
    until: GivenTimestamp | None = None
    resolution: Annotated[int, Field(ge=1, le=86_400)] | None = None

    def span(self) -> RequestedSpan:
        """Return the span asked for."""
        return RequestedSpan(since=self.since, until=self.until, step_seconds=self.resolution)


class WorkerHistoryQuery(HistoryQuery):
    """`worker_id` may be given more than once; without it, all workers are returned."""

    worker_id: Annotated[list[str], Field(max_length=500)] = []


@router.get("/queues/history", summary="The depth of the queue over time")
async def get_queue_history(
    state: State, user: Viewer, query: Annotated[HistoryQuery, Query()]
) -> Answer[QueueHistory]:
    return Answer(data=await queue_history(state.context, query.span()))


@router.get(
    "/throughput",
    summary="Finished runs over time, with percentiles of queue time and duration",
    description="Steps are at least 10 s long in spans up to ten minutes, and a minute in longer ones.",
)
async def get_throughput(
    state: State, user: Viewer, query: Annotated[HistoryQuery, Query()]
) -> Answer[ThroughputHistory]:
    return Answer(data=await throughput(state.context, query.span()))


@router.get("/workers/history", summary="The load of workers over time")
async def get_workers_history(
    state: State, user: Viewer, query: Annotated[WorkerHistoryQuery, Query()]
) -> Page[WorkerHistory]:
    return whole_answer(await workers_history(state.context, query.worker_id, query.span()))
