"""The graph of tasks over HTTP."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from backend.api.authentication import SignedIn
from backend.api.router import api_router
from backend.api.state import State
from backend.tasks.graph import read_graph
from shared.models.base import Answer
from shared.models.task_graph import TaskGraph

router = api_router("/api/tasks", tag="tasks")


class GraphQuery(BaseModel):
    """A task whose upstream and downstream are wanted; without it, all tasks with dependencies.

    `unconnected` asks for tasks without dependencies beside these.
    """

    model_config = ConfigDict(extra="forbid")

    task_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    unconnected: bool = False


@router.get(
    "/graph",
    summary="Read tasks and their dependencies",
    description="At most 2,000 tasks; `is_capped` is true if there are more. With `task_id`: the tasks around it. "
    "With `unconnected` also up to 2,000 tasks without dependencies, which are counted in any case. "
    "Tasks that you may not read are left out.",
)
async def task_graph(state: State, user: SignedIn, query: Annotated[GraphQuery, Query()]) -> Answer[TaskGraph]:
    return Answer(
        data=await read_graph(state.context, task_id=query.task_id, unconnected=query.unconnected, access=user.access)
    )
