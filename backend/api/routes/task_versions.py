"""The versions of a task over HTTP."""

from typing import Annotated

from fastapi import Path, Query, Response

from backend.api.authentication import Editor, SignedIn, actor
from backend.api.paging import WholeList, whole_answer
from backend.api.router import api_router
from backend.api.routes.tasks import IfMatch, TaskId
from backend.api.state import State
from backend.tasks import versions
from backend.tasks.restore import restore_version
from shared.models.base import Answer, Page
from shared.models.task import Task
from shared.models.task_version import FieldChange, RestoreRequest, TaskVersion

router = api_router("/api/tasks/{task_id}", tag="tasks")

Version = Annotated[int, Path(ge=1, le=2**31 - 1)]
AskedVersion = Annotated[int, Query(ge=1, le=2**31 - 1)]


@router.get("/versions", summary="List a task's versions, and what each changed")
async def list_versions(state: State, user: SignedIn, part: WholeList, task_id: TaskId) -> Page[TaskVersion]:
    found = await versions.list_versions(state.context, task_id, access=user.access)
    return whole_answer(found, part)


@router.get("/versions/{version}", summary="Read a version of a task")
async def get_version(state: State, user: SignedIn, task_id: TaskId, version: Version) -> Answer[TaskVersion]:
    found = await versions.read_version(state.context, task_id, version, access=user.access)
    return Answer(data=found)


@router.get("/diff", summary="Compare two versions of a task")
async def diff(
    state: State, user: SignedIn, task_id: TaskId, before: AskedVersion, after: AskedVersion
) -> Page[FieldChange]:
    return whole_answer(
        await versions.compare_versions(state.context, task_id, before=before, after=after, access=user.access)
    )


@router.post("/restore", summary="Restore a task to a former version")
async def restore(
    state: State,
    user: Editor,
    response: Response,
    task_id: TaskId,
    asked: RestoreRequest,
    if_match: IfMatch = None,
) -> Answer[Task]:
    task = await restore_version(state.context, task_id, asked.version, if_match=if_match, actor=actor(user))
    response.headers["ETag"] = task.etag
    return Answer(data=task)
