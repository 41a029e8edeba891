"""One task over HTTP; the lists are in `task_listing`."""

from typing import Annotated, Any

from fastapi import Body, Header, Path, Query, Request, Response

from backend.api.authentication import Caller, Editor, Runner, SignedIn, actor
from backend.api.idempotency import IdempotencyKey, once
from backend.api.paging import ListQuery, page_answer
from backend.api.request_spans import IN_TRACE
from backend.api.router import api_router
from backend.api.state import State
from backend.runs.listing import list_runs
from backend.runs.trigger import trigger
from backend.scheduling.upcoming import upcoming_times
from backend.tasks import apply, change, create, delete, listing
from shared.models.base import Answer, Page
from shared.models.run import Run
from shared.models.run_filter import RunFilter
from shared.models.schedule import UpcomingTimes
from shared.models.task import Task, TaskFields, TaskPatch
from shared.models.task_apply import ApplyRequest, ApplyResult
from shared.models.trigger import TriggerRequest

router = api_router("/api/tasks", tag="tasks")

TaskId = Annotated[int, Path(ge=1, le=2**63 - 1)]
IfMatch = Annotated[str | None, Header(alias="If-Match")]


def seen_by(user: Caller, task: Task) -> Task:
    """Return the task as the user may see it: who may not edit it does not see the values of its environment."""
    return task if user.sees_values(task.folder) else task.masked()


def _answer(response: Response, user: Caller, task: Task) -> Answer[Task]:
    response.headers["ETag"] = task.etag
    return Answer(data=seen_by(user, task))


@router.post("", status_code=201, summary="Create a task")
async def create_task(
    state: State,
    user: Editor,
    request: Request,
    response: Response,
    fields: TaskFields,
    idempotency_key: IdempotencyKey = None,
) -> Answer[Task]:
    task = await once(
        state,
        request,
        user=user,
        key=idempotency_key,
        kind=Task,
        produce=lambda by: create.create_task(state.context, fields, actor=actor(by)),
    )
    response.headers["Location"] = f"/api/tasks/{task.id}"
    return _answer(response, user, task)


@router.post(
    "/apply",
    summary="Create and change up to 10,000 tasks, all or nothing",
    description=(
        "Creates the tasks that are missing and changes those that differ, found by their names; fields that are not "
        "given stay as they are. `dry_run` checks and answers the same and changes nothing. An error names the field "
        "as `tasks.3.schedule`, counted from 0. The body may be 32 MiB, and the answer may take 60 s."
    ),
)
async def apply_tasks(state: State, user: Editor, wanted: ApplyRequest) -> Answer[ApplyResult]:
    result = await apply.apply_tasks(state.context, wanted.tasks, dry_run=wanted.dry_run, actor=actor(user))
    return Answer(data=result)


@router.get("/{task_id}", summary="Read a task")
async def get_task(state: State, user: SignedIn, response: Response, task_id: TaskId) -> Answer[Task]:
    return _answer(response, user, await listing.get_task(state.context, task_id, access=user.access))


@router.put("/{task_id}", summary="Replace a task's fields")
async def replace_task(
    state: State,
    user: Editor,
    response: Response,
    task_id: TaskId,
    fields: TaskFields,
    if_match: IfMatch = None,
) -> Answer[Task]:
    task = await change.replace_task(state.context, task_id, fields, if_match=if_match, actor=actor(user))
    return _answer(response, user, task)


@router.patch("/{task_id}", summary="Change some of a task's fields")
async def patch_task(
    state: State,
    user: Editor,
    response: Response,
    task_id: TaskId,
    patch: Annotated[TaskPatch, Body()],
    if_match: IfMatch = None,
) -> Answer[Task]:
    changes: dict[str, Any] = patch.model_dump(exclude_unset=True)
    task = await change.patch_task(state.context, task_id, changes, if_match=if_match, actor=actor(user))
    return _answer(response, user, task)


@router.delete("/{task_id}", status_code=204, summary="Delete a task and its runs")
async def delete_task(state: State, user: Editor, task_id: TaskId, if_match: IfMatch = None) -> None:
    await delete.delete_task(state.context, task_id, if_match=if_match, actor=actor(user))


@router.post("/{task_id}/trigger", status_code=201, summary="Run a task now", openapi_extra=IN_TRACE)
async def trigger_task(
    state: State,
    user: Runner,
    request: Request,
    task_id: TaskId,
    options: TriggerRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Answer[Run]:
    run = await once(
        state,
        request,
        user=user,
        key=idempotency_key,
        kind=Run,
        produce=lambda by: trigger(
            state.context, task_id, options or TriggerRequest(), actor=actor(by), recent=state.recent_tasks
        ),
    )
    return Answer(data=run)


@router.post("/{task_id}/pause", summary="Pause a task's schedule")
async def pause_task(state: State, user: Editor, response: Response, task_id: TaskId) -> Answer[Task]:
    return _answer(response, user, await change.pause_task(state.context, task_id, actor=actor(user)))


@router.post("/{task_id}/resume", summary="Resume a task's schedule")
async def resume_task(state: State, user: Editor, response: Response, task_id: TaskId) -> Answer[Task]:
    return _answer(response, user, await change.resume_task(state.context, task_id, actor=actor(user)))


@router.get("/{task_id}/runs", summary="List a task's runs")
async def list_task_runs(
    state: State, user: SignedIn, task_id: TaskId, query: Annotated[ListQuery, Query()]
) -> Page[Run]:
    await listing.get_task(state.context, task_id, access=user.access)
    wanted = RunFilter(task_id=task_id)
    return page_answer(*await list_runs(state.context, wanted, query.page(), online=state.online, access=user.access))


@router.get("/{task_id}/upcoming", summary="When a task will run next")
async def upcoming(
    state: State, user: SignedIn, task_id: TaskId, count: Annotated[int, Query(ge=1, le=1000)] = 10
) -> Answer[UpcomingTimes]:
    return Answer(data=UpcomingTimes(times=await upcoming_times(state.context, task_id, count, access=user.access)))
