"""What the backend says of itself."""

import platform
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import Field
from sse_starlette import EventSourceResponse, JSONServerSentEvent

from backend import audit
from backend.api.authentication import Viewer
from backend.api.metrics import metrics_text
from backend.api.paging import ListQuery, WholeList, page_answer, whole_answer
from backend.api.state import ApiState, State
from backend.database import leadership
from backend.queue import depth as queue_depth
from backend.readiness import check_readiness
from backend.workers.online import unschedulable
from shared.enums import StreamTopic
from shared.errors import NotFoundError, UnauthorizedError, ValidationFailedError
from shared.models.base import Answer, GivenTimestamp, Page
from shared.models.schedule import SchedulePreview, SchedulePreviewRequest, day_calendar
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
from shared.models.timing import timing_of
from shared.schedule.cron_fields import CronError
from shared.schedule.description import describe
from shared.version import VERSION

router = APIRouter()

_PING_SECONDS = 10


@router.get("/health", tags=["unauthenticated"], summary="Whether the process lives")
async def health() -> Health:
    return Health(version=VERSION)


@router.get(
    "/ready",
    tags=["unauthenticated"],
    summary="Whether database, broker and schema are usable",
    responses={503: {"model": Readiness}},
)
async def ready(state: State) -> JSONResponse:
    readiness = await check_readiness(state.context.database, state.broker)
    return JSONResponse(readiness.model_dump(mode="json"), status_code=200 if readiness.ready else 503)


@router.get("/metrics", tags=["unauthenticated"], summary="Prometheus metrics", response_class=PlainTextResponse)
async def metrics(state: State, authorization: Annotated[str | None, Header()] = None) -> PlainTextResponse:
    token = state.context.settings.metrics_token
    if token is not None and authorization != f"Bearer {token}":
        raise UnauthorizedError("The metrics ask for the token of TASKDECK_METRICS_TOKEN.")
    text, content_type = await metrics_text(state.context.database)
    return PlainTextResponse(text, media_type=content_type)


@router.get("/api/system/info", tags=["system"], summary="Versions and uptime")
async def info(state: State, user: Viewer) -> Answer[SystemInfo]:
    now = await state.context.database.now()
    return Answer(
        data=SystemInfo(
            version=VERSION,
            python_version=platform.python_version(),
            database_version=await state.context.database.version(),
            broker=state.broker.address,
            roles=sorted(state.roles),
            replica_id=state.context.replica_id,
            started_at=state.started_at,
            uptime_seconds=(datetime.now(UTC) - state.started_at).total_seconds(),
            local=state.is_local,
            now=now,
        )
    )


@router.get("/api/system/stats", tags=["system"], summary="Counts and rates")
async def stats(state: State, user: Viewer) -> Answer[SystemStats]:
    async with state.context.database.transaction() as connection:
        return Answer(data=await queue_depth.stats(connection))


@router.get("/api/system/executors", tags=["system"], summary="What can run")
async def executors(state: State, user: Viewer, part: WholeList) -> Page[ExecutorInfo]:
    specs = state.context.executors.values()
    return whole_answer([ExecutorInfo.model_validate(spec.description) for spec in specs], part)


@router.get("/api/system/dispatcher", tags=["system"], summary="Which replica dispatches")
async def dispatcher(state: State, user: Viewer) -> Answer[DispatcherInfo]:
    return Answer(data=await leadership.current_dispatcher(state.context.database))


@router.get("/api/system/queues", tags=["system"], summary="What waits and what runs")
async def queues(state: State, user: Viewer) -> Answer[QueueDepth]:
    async with state.context.database.transaction() as connection:
        depth = await queue_depth.depth(connection)
        return Answer(data=depth.model_copy(update={"unschedulable": await unschedulable(connection)}))


@router.post("/api/schedules/preview", tags=["system"], summary="What a schedule would do")
async def preview(state: State, user: Viewer, asked: SchedulePreviewRequest) -> Answer[SchedulePreview]:
    calendar = None
    if asked.calendar is not None:
        try:
            stored = await state.calendars.get(asked.calendar)
        except NotFoundError as error:
            raise ValidationFailedError.of("calendar", f"there is no calendar {asked.calendar!r}") from error
        calendar = day_calendar(stored.dates, stored.weekdays)
    try:
        timing = timing_of(
            name=asked.name,
            schedule=asked.schedule,
            timezone=asked.timezone,
            starts_at=asked.starts_at,
            ends_at=asked.ends_at,
            calendar=calendar,
            calendar_policy=asked.calendar_policy,
            blackouts=asked.blackouts,
        )
    except CronError as error:
        raise ValidationFailedError.of("schedule", str(error)) from error
    after = asked.after or await state.context.database.now()
    times = [instant.astimezone(asked.zone).isoformat() for instant in islice(timing.iterate(after), asked.count)]
    description = describe(asked.schedule, language=asked.language, name=asked.name)
    return Answer(data=SchedulePreview(times=times, description=description))


class EventQuery(ListQuery):
    """Which events: by who, what, on which object and when; an `action` such as `task.` is all of its kind."""

    actor: Annotated[str, Field(max_length=100)] | None = None
    action: Annotated[str, Field(max_length=50)] | None = None
    object_type: Annotated[str, Field(max_length=50)] | None = None
    object_id: Annotated[str, Field(max_length=200)] | None = None
    since: GivenTimestamp | None = None
    until: GivenTimestamp | None = None
    q: Annotated[str, Field(max_length=200)] | None = None

    def filter(self) -> audit.EventFilter:
        """Return the conditions."""
        return audit.EventFilter(
            actor=self.actor,
            action=self.action,
            object_type=self.object_type,
            object_id=self.object_id,
            since=self.since,
            until=self.until,
            q=self.q,
        )


@router.get("/api/events", tags=["system"], summary="The audit trail, newest first")
async def events(state: State, user: Viewer, query: Annotated[EventQuery, Query()]) -> Page[AuditEvent]:
    async with state.context.database.transaction() as connection:
        return page_answer(*await audit.list_events(connection, query.page(), query.filter()))


def _topics(asked: str) -> frozenset[StreamTopic]:
    known = {topic.value for topic in StreamTopic}
    words = {word.strip() for word in asked.split(",") if word.strip()}
    if not words or words - known:
        raise ValidationFailedError.of("topics", f"must be some of {', '.join(sorted(known))}, with commas")
    return frozenset(StreamTopic(word) for word in words)


@router.get(
    "/api/stream",
    tags=["live"],
    summary="Server-sent events",
    response_class=EventSourceResponse,
    description="`Last-Event-ID` resumes; a `gap` says that events were missed. Topics: runs, workers, queues, tasks.",
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
