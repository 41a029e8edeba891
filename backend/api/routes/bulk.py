"""Changes of many tasks, runs or silences over HTTP."""

from typing import Annotated, Any

from fastapi import Body, Request
from fastapi.openapi.models import Example

from backend.alerts.acknowledge import change_alerts
from backend.alerts.silence_many import change_silences
from backend.api.authentication import Caller, Runner, actor
from backend.api.idempotency import IdempotencyKey, once
from backend.api.request_spans import IN_TRACE
from backend.api.router import api_router
from backend.api.state import State
from backend.queue.listing import select_queued
from backend.runs.bulk import change_runs
from backend.tasks.bulk import change_tasks
from shared.models.base import Answer
from shared.models.bulk import (
    MOST_BULK,
    BulkResult,
    BulkRunsRequest,
    BulkSilencesRequest,
    BulkTasksRequest,
    ChangeAlerts,
)

router = api_router("/api")

_HOW = (
    f"Those of `ids`, or those that `filter` selects, up to {MOST_BULK:,}; an empty filter selects all. The backend "
    "evaluates a filter once and changes everything in one transaction. What cannot be changed stays as it is, and is "
    "counted in `refused` by its reason with a few examples; what you may not read counts as `gone` where its id was "
    "given, and not at all by a filter. `dry_run` answers the same and changes nothing; `at_most` refuses the request "
    "where more are selected. The answer may take 60 s."
)


def _examples(**bodies: dict[str, Any]) -> dict[str, Example]:
    return {name: Example(summary=name.replace("_", " ").capitalize(), value=body) for name, body in bodies.items()}


_TASKS = _examples(
    pause_a_folder={"action": "pause", "filter": {"folder": "finance/daily"}},
    resume_some={"action": "resume", "ids": [12, 13, 14]},
    label={"action": "label", "filter": {"label": "team:ops"}, "add": {"tier": "1"}, "remove": ["team"]},
    move={"action": "move", "ids": [12, 13], "folder": "archive"},
    count_what_would_be_deleted={"action": "delete", "filter": {"folder": "old"}, "dry_run": True},
    delete_no_more_than_was_counted={"action": "delete", "filter": {"folder": "old"}, "at_most": 41},
    trigger={"action": "trigger", "filter": {"label": "batch:nightly"}, "priority": "high"},
    undo={"action": "undo", "undoes": "pause", "ids": [12, 13], "versions": [4, 9]},
)
_SILENCES = _examples(
    silence_a_folder={"action": "add", "filter": {"folder": "finance"}, "ends_at": "2026-11-24T08:00:00Z"},
    end_some={"action": "end", "ids": [31, 32]},
)
_ALERTS = _examples(
    acknowledge={"action": "acknowledge", "ids": [71]},
    take_back={"action": "take_back", "ids": [71]},
)
_RUNS = _examples(
    cancel_what_waits={"action": "cancel", "filter": {"status": ["pending", "blocked"], "task_id": 12}},
    cancel_some={"action": "cancel", "ids": [501, 502]},
    retry_what_failed={"action": "retry", "filter": {"status": ["failed"], "since": "2026-11-23T00:00:00Z"}},
    raise_what_is_held={"action": "priority", "queue": {"state": ["held"]}, "steps": 1},
    start_now={"action": "start_now", "ids": [501]},
)


@router.post(
    "/tasks/bulk",
    tags=["tasks"],
    summary="Pause, resume, label, move, delete or trigger many tasks",
    description=f"{_HOW} `undo` takes back an earlier answer of pause, resume, label or move by its `ids` and "
    "`versions`; a task that has changed since stays as it is.",
    openapi_extra=IN_TRACE,
)
async def bulk_tasks(
    state: State,
    user: Runner,
    request: Request,
    wanted: Annotated[BulkTasksRequest, Body(openapi_examples=_TASKS)],
    idempotency_key: IdempotencyKey = None,
) -> Answer[BulkResult]:
    async def produce(by: Caller) -> BulkResult:
        return await change_tasks(state.context, wanted, actor=actor(by))

    return Answer(data=await once(state, request, user=user, key=idempotency_key, kind=BulkResult, produce=produce))


@router.post(
    "/alerts/silences/bulk",
    tags=["alerts"],
    summary="Silence many tasks, or end many silences",
    description=f"`add` silences each of the tasks. {_HOW} `ids` of the answer are those of the silences: `end` takes "
    "them, and counts one that has ended, or that you may not end, as `gone`.",
)
async def bulk_silences(
    state: State,
    user: Runner,
    request: Request,
    wanted: Annotated[BulkSilencesRequest, Body(openapi_examples=_SILENCES)],
    idempotency_key: IdempotencyKey = None,
) -> Answer[BulkResult]:
    async def produce(by: Caller) -> BulkResult:
        return await change_silences(state.context, wanted, actor=actor(by))

    return Answer(data=await once(state, request, user=user, key=idempotency_key, kind=BulkResult, produce=produce))


@router.post(
    "/alerts/bulk",
    tags=["alerts"],
    summary="Acknowledge open alerts, or take that back",
    description="By the ids of messages. No reminder of an acknowledged alert is sent, until a further task belongs to "
    "it; its recovery is reported. Who may run tasks in the folder of an alert may acknowledge it. An alert that has "
    "recovered counts as `already_ended`, one that is acknowledged as `unchanged`, and one that you may not read as "
    "`gone`.",
)
async def bulk_alerts(
    state: State,
    user: Runner,
    request: Request,
    wanted: Annotated[ChangeAlerts, Body(openapi_examples=_ALERTS)],
    idempotency_key: IdempotencyKey = None,
) -> Answer[BulkResult]:
    async def produce(by: Caller) -> BulkResult:
        return await change_alerts(state.context, wanted, actor=actor(by))

    return Answer(data=await once(state, request, user=user, key=idempotency_key, kind=BulkResult, produce=produce))


@router.post(
    "/runs/bulk",
    tags=["runs"],
    summary="Cancel, retry, reorder or start many runs",
    description=f"{_HOW} `queue` selects as the list of the queue does.",
    openapi_extra=IN_TRACE,
)
async def bulk_runs(
    state: State,
    user: Runner,
    request: Request,
    wanted: Annotated[BulkRunsRequest, Body(openapi_examples=_RUNS)],
    idempotency_key: IdempotencyKey = None,
) -> Answer[BulkResult]:
    async def produce(by: Caller) -> BulkResult:
        return await change_runs(state.context, wanted, select_queued=select_queued, actor=actor(by))

    return Answer(data=await once(state, request, user=user, key=idempotency_key, kind=BulkResult, produce=produce))
