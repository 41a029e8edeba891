"""Test runs over HTTP: a command from the editor runs once, before its task is saved."""

from backend.api.authentication import Editor, actor
from backend.api.request_spans import IN_TRACE
from backend.api.router import api_router
from backend.api.state import State
from backend.tasks import test_runs
from shared.models.base import Answer
from shared.models.run import Run
from shared.models.task import TaskFields

router = api_router(tag="runs")


@router.post(
    "/api/test-runs",
    status_code=201,
    summary="Run a command once, without a task",
    description="Takes the fields of a task and ignores its schedule, dependencies, retries and limits. "
    "Only the run and its log are saved, for an hour. Nobody is alerted.",
    openapi_extra=IN_TRACE,
)
async def start_test_run(state: State, user: Editor, fields: TaskFields) -> Answer[Run]:
    return Answer(data=await test_runs.start_test_run(state.context, fields, actor=actor(user)))
