"""Lists of tasks over HTTP: pages, counts, folders, recent outcomes."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from backend.api.authentication import SignedIn
from backend.api.paging import ListQuery, page_answer, sorted_by, whole_answer
from backend.api.router import api_router
from backend.api.routes.tasks import seen_by
from backend.api.state import State
from backend.pages import PageRequest
from backend.tasks import listing
from backend.tasks.search import TaskFilter
from shared.errors import ValidationFailedError
from shared.models.base import Answer, Page
from shared.models.task import Task
from shared.models.task_filter import TaskFilterFields
from shared.models.task_overview import RecentOutcomes, TaskCount, TaskFolder

router = api_router("/api/tasks", tag="tasks")


class TaskQuery(TaskFilterFields, ListQuery):
    """Which page of which tasks."""

    sort: Annotated[str, sorted_by(listing.SORTABLE)] | None = None

    skip: Annotated[
        int,
        Field(ge=0, le=10_000_000, description="Rows to skip before the page, for a scroll bar that is dragged."),
    ] = 0

    def page(self) -> PageRequest:
        """Return the requested page."""
        return PageRequest(limit=self.limit, cursor=self.cursor, sort=self.sort, skip=self.skip)


class OutcomeQuery(BaseModel):
    """Which tasks, and how many outcomes of each."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[str, Field(pattern=r"^\d{1,19}(,\d{1,19})*$", max_length=4000, description="12,13,14: up to 200")]
    count: Annotated[int, Field(ge=1, le=100)] = 20

    def task_ids(self) -> list[int]:
        """Return the ids, each once."""
        found = list(dict.fromkeys(int(one) for one in self.ids.split(",")))
        if len(found) > 200:
            raise ValidationFailedError.of("ids", f"names {len(found)} tasks; the limit is 200")
        if max(found) > 2**63 - 1:
            raise ValidationFailedError.of("ids", f"{max(found)} is not the id of a task")
        return found


@router.get("", summary="List tasks")
async def list_tasks(state: State, user: SignedIn, query: Annotated[TaskQuery, Query()]) -> Page[Task]:
    tasks, found = await listing.read_page(state.context, TaskFilter.of(query), query.page(), access=user.access)
    return page_answer([seen_by(user, task) for task in tasks], found)


@router.get("/count", summary="Count tasks")
async def count_tasks(state: State, user: SignedIn, query: Annotated[TaskFilterFields, Query()]) -> Answer[TaskCount]:
    total = await listing.count_tasks(state.context, TaskFilter.of(query), access=user.access)
    return Answer(data=TaskCount(total=total))


@router.get("/folders", summary="List the folders of tasks, with counts")
async def folders(state: State, user: SignedIn) -> Page[TaskFolder]:
    return whole_answer(await listing.list_folders(state.context, access=user.access))


@router.get("/recent-outcomes", summary="How the last runs of tasks ended")
async def recent_outcomes(
    state: State, user: SignedIn, query: Annotated[OutcomeQuery, Query()]
) -> Page[RecentOutcomes]:
    return whole_answer(
        await listing.list_recent_outcomes(state.context, query.task_ids(), most=query.count, access=user.access)
    )
