"""The agenda over HTTP: what ran and what will run."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from backend.api.authentication import SignedIn
from backend.api.router import api_router
from backend.api.state import State
from shared.models.agenda import MOST_ENTRIES, Agenda, AgendaEntries, AgendaResolution
from shared.models.base import Answer, GivenTimestamp
from shared.models.schedule import Timezone

router = api_router("/api/agenda", tag="agenda")


class AgendaQuery(BaseModel):
    """A window of time, by hours or days of a zone."""

    model_config = ConfigDict(extra="forbid")

    since: GivenTimestamp
    until: GivenTimestamp
    resolution: AgendaResolution = AgendaResolution.HOUR
    timezone: Timezone = "UTC"


class EntriesQuery(BaseModel):
    """A span of time."""

    model_config = ConfigDict(extra="forbid")

    since: GivenTimestamp
    until: GivenTimestamp
    limit: Annotated[int, Field(ge=1, le=MOST_ENTRIES)] = 200


@router.get(
    "",
    summary="Read what ran and what will run, by hour or day",
    description=(
        "Past runs are counted by their outcome. Occurrences to come are counted by walking the schedules, up to "
        "20,000 steps; tasks with the same schedule are walked together. Beyond that, `is_estimated` is true if some "
        "were estimated from their rate, and `tasks_left_out` is the number of tasks that were not walked."
    ),
)
async def agenda(state: State, user: SignedIn, query: Annotated[AgendaQuery, Query()]) -> Answer[Agenda]:
    found = await state.agenda.read(
        since=query.since, until=query.until, resolution=query.resolution, timezone=query.timezone, access=user.access
    )
    return Answer(data=found)


@router.get("/entries", summary="List the runs and occurrences of a span")
async def entries(state: State, user: SignedIn, query: Annotated[EntriesQuery, Query()]) -> Answer[AgendaEntries]:
    return Answer(
        data=await state.agenda.entries(since=query.since, until=query.until, limit=query.limit, access=user.access)
    )
