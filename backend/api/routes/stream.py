"""The live stream over HTTP, as server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Header, Query
from sse_starlette import EventSourceResponse, ServerSentEvent

from backend.api.open_streams import EXPIRED, OpenStream
from backend.api.router import api_router
from backend.api.state import ApiState, State
from backend.api.stream_filter import shown_to
from backend.api.stream_place import Place
from shared.enums import StreamTopic
from shared.errors import ValidationFailedError

router = api_router(tag="live")

_PING_SECONDS = 10
"""Proxies close connections that are idle for 30 to 60 seconds."""

_OF_OTHER_ACCESS = "other access"
"""Stands for a position that is not known: what was shown is loaded again after a gap, with what is permitted now."""

_TOPIC = "|".join(StreamTopic)


def _topics(asked: str) -> frozenset[StreamTopic]:
    known = {topic.value for topic in StreamTopic}
    words = {word.strip() for word in asked.split(",") if word.strip()}
    if not words or words - known:
        raise ValidationFailedError.of("topics", f"must be a comma-separated list of {', '.join(sorted(known))}")
    return frozenset(StreamTopic(word) for word in words)


@router.get(
    "/api/stream",
    summary="Server-sent events",
    response_class=EventSourceResponse,
    description="`Last-Event-ID` resumes the stream. An event `gap` means that events were missed, or that other "
    "events are shown from now on, because a grant was added or removed. An event `expired` is the last one: the token "
    "is no longer valid; connect again with a new one.\n\n"
    "Topics: runs, workers, queues, tasks, alerts. The role member receives the events of the folders that it may "
    "read, and none of the topics workers and queues. A `task.updated` of a task that was moved to another folder has "
    "the former one as `moved_from`; who may read only that one receives `task.deleted`.\n\n"
    "An attempt whose start and end are recorded together has no `run.started`: its `run.finished` or `run.retrying` "
    "follows `run.dispatched`. That is the rule for commands of a few milliseconds, because workers report in batches "
    "of what happened since the last report, and the backend records up to 64 reports at once. `run.finished` always "
    "has `started_at`, unless the command never started.",
)
async def stream(
    state: State,
    place: Place,
    topics: Annotated[
        str, Query(json_schema_extra={"pattern": rf"^({_TOPIC})(,({_TOPIC}))*$"})
    ] = "runs,workers,queues,tasks",
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> EventSourceResponse:
    return EventSourceResponse(_stream(state, _topics(topics), last_event_id, place), ping=_PING_SECONDS)


async def _stream(
    state: ApiState, topics: frozenset[StreamTopic], last_event_id: str | None, place: OpenStream
) -> AsyncIterator[ServerSentEvent]:
    while True:
        async for item in state.stream.listen(
            topics, last_event_id=last_event_id, ended=place.ended, shown=shown_to(place.identity)
        ):
            yield ServerSentEvent(item.data, event=item.type, id=item.id)
        if not place.ended.is_set():
            return
        if not place.go_on():
            yield EXPIRED
            return
        last_event_id = _OF_OTHER_ACCESS
