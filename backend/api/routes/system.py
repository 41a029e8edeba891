"""Health, versions, counts, the audit log and the live stream over HTTP."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import Field
from sse_starlette import EventSourceResponse, JSONServerSentEvent

from backend.api.authentication import Viewer
from backend.api.metrics import metrics_text
from backend.api.paging import ListQuery, WholeList, page_answer, whole_answer
from backend.api.state import ApiState, State
from backend.audit import AuditFilter, read_log
from backend.queue.depth import queue_depth, read_figures, system_stats
from backend.scheduling.preview import preview_schedule
from backend.system_info import current_dispatcher, readiness, system_info
from shared.enums import StreamTopic
from shared.errors import UnauthorizedError, ValidationFailedError
from shared.models.base import Answer, GivenTimestamp, Page
from shared.models.schedule import SchedulePreview, SchedulePreviewRequest
from shared.models.system import (
    AuditEvent,
    DispatcherInfo,
    ExecutorInfo,
    Health,
    QueueDepth,
    Readiness,
    SystemInfo,
    SystemStats,
)
from shared.version import VERSION

router = APIRouter()

_PING_SECONDS = 10


@router.get("/health", tags=["unauthenticated"], summary="Whether the process is running")
async def health() -> Health:
    return Health(version=VERSION)


@router.get(
    "/ready",
    tags=["unauthenticated"],
    summary="Whether database, broker and schema are usable",
    responses={503: {"model": Readiness}},
)
async def ready(state: State) -> JSONResponse:
    found = await readiness(state.context, state.broker)
    return JSONResponse(found.model_dump(mode="json"), status_code=200 if found.ready else 503)


@router.get("/metrics", tags=["unauthenticated"], summary="Prometheus metrics", response_class=PlainTextResponse)
async def metrics(state: State, authorization: Annotated[str | None, Header()] = None) -> PlainTextResponse:
    token = state.context.settings.metrics_token
    if token is not None and authorization != f"Bearer {token}":
        raise UnauthorizedError("The metrics need the token of TASKDECK_METRICS_TOKEN: Authorization: Bearer <token>.")
    text, content_type = metrics_text(await read_figures(state.context))
    return PlainTextResponse(text, media_type=content_type)


@router.get("/api/system/info", tags=["system"], summary="Versions and uptime")
async def info(state: State, user: Viewer) -> Answer[SystemInfo]:
    return Answer(data=await system_info(state.context, state.broker, state.process))


@router.get("/api/system/stats", tags=["system"], summary="Counts and rates")
async def stats(state: State, user: Viewer) -> Answer[SystemStats]:
    return Answer(data=await system_stats(state.context))


@router.get("/api/system/executors", tags=["system"], summary="List executors")
async def executors(state: State, user: Viewer, part: WholeList) -> Page[ExecutorInfo]:
    specs = state.context.executors.values()
    return whole_answer([ExecutorInfo.model_validate(spec.description) for spec in specs], part)


@router.get("/api/system/dispatcher", tags=["system"], summary="The replica that dispatches")
async def dispatcher(state: State, user: Viewer) -> Answer[DispatcherInfo]:
    return Answer(data=await current_dispatcher(state.context))


@router.get("/api/system/queues", tags=["system"], summary="The depth of the queue by priority and task type")
async def queues(state: State, user: Viewer) -> Answer[QueueDepth]:
    return Answer(data=await queue_depth(state.context))


@router.post("/api/schedules/preview", tags=["system"], summary="Preview a schedule")
async def preview(state: State, user: Viewer, asked: SchedulePreviewRequest) -> Answer[SchedulePreview]:
    return Answer(data=await preview_schedule(state.context, asked))


class AuditQuery(ListQuery):
    """Which entries: by actor, action, object and time. An `action` such as `task.` matches all actions on tasks."""

    actor: Annotated[str, Field(max_length=100)] | None = None
    action: Annotated[str, Field(max_length=50)] | None = None
    object_type: Annotated[str, Field(max_length=50)] | None = None
    object_id: Annotated[str, Field(max_length=200)] | None = None
    since: GivenTimestamp | None = None
    until: GivenTimestamp | None = None
    q: Annotated[str, Field(max_length=200)] | None = None

    def filter(self) -> AuditFilter:
        """Return the conditions."""
        return AuditFilter(
            actor=self.actor,
            action=self.action,
            object_type=self.object_type,
            object_id=self.object_id,
            since=self.since,
            until=self.until,
            q=self.q,
        )


@router.get("/api/audit", tags=["system"], summary="The audit log, newest first")
@router.get("/api/events", tags=["system"], summary="The audit log under its former path")
async def audit_log(state: State, user: Viewer, query: Annotated[AuditQuery, Query()]) -> Page[AuditEvent]:
    return page_answer(*await read_log(state.context, query.page(), query.filter()))


def _topics(asked: str) -> frozenset[StreamTopic]:
    known = {topic.value for topic in StreamTopic}
    words = {word.strip() for word in asked.split(",") if word.strip()}
    if not words or words - known:
        raise ValidationFailedError.of("topics", f"must be a comma-separated list of {', '.join(sorted(known))}")
    return frozenset(StreamTopic(word) for word in words)


@router.get(
    "/api/stream",
    tags=["live"],
    summary="Server-sent events",
    response_class=EventSourceResponse,
    description="`Last-Event-ID` resumes the stream. An event `gap` means that events were missed. "
    "Topics: runs, workers, queues, tasks, alerts.",
)
async def stream(
    state: State,
    user: Viewer,
    request: Request,
    topics: str = "runs,workers,queues,tasks",
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> EventSourceResponse:
    return EventSourceResponse(_stream(state, _topics(topics), last_event_id), ping=_PING_SECONDS)


async def _stream(state: ApiState, topics: frozenset[StreamTopic], last_event_id: str | None) -> AsyncIterator[Any]:
    async for item in state.stream.listen(topics, last_event_id=last_event_id):
        yield JSONServerSentEvent(item.data, event=item.type, id=item.id)
