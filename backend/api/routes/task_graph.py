"""The graph of tasks over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from backend.api.authentication import Viewer
from backend.api.state import State
from shared.models.base import Answer
from shared.models.task_graph import TaskGraph

router = APIRouter(prefix="/api/tasks", tags=["tasks"])


class GraphQuery(BaseModel):
    """Around which task; all tasks with edges where none is named."""

    model_config = ConfigDict(extra="forbid")

    task_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None


@router.get(
    "/graph",
    summary="Read who waits for whom, and how each is",
    description="At most 2,000 tasks; `is_capped` says that there are more. With `task_id` its up- and downstream.",
)
async def task_graph(state: State, user: Viewer, query: Annotated[GraphQuery, Query()]) -> Answer[TaskGraph]:
    return Answer(data=await state.task_graph.read(task_id=query.task_id))
