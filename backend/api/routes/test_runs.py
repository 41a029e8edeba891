"""Test runs over HTTP: a command from the editor, of a task that is not saved yet."""

from fastapi import APIRouter

from backend.api.authentication import Operator, actor
from backend.api.state import State
from shared.models.base import Answer
from shared.models.run import Run
from shared.models.task import TaskFields

router = APIRouter(tags=["runs"])


@router.post(
    "/api/test-runs",
    status_code=201,
    summary="Run a command once, without a task",
    description="Takes the fields of a task. The schedule, dependencies, retries and limits among them are left out; "
    "nothing is saved but the run and its log, which are kept for an hour, and nobody is alerted.",
)
async def start_test_run(state: State, user: Operator, fields: TaskFields) -> Answer[Run]:
    return Answer(data=await state.test_runs.start(fields, actor=actor(user)))
