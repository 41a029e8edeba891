"""Calendars over HTTP."""

from typing import Annotated

from fastapi import Path

from backend.api.authentication import Operator, SignedIn, actor
from backend.api.paging import WholeList, whole_answer
from backend.api.router import api_router
from backend.api.state import State
from backend.scheduling import calendars
from shared.models.base import Answer, ObjectName, Page
from shared.models.schedule import Calendar, CalendarFields

router = api_router("/api/calendars", tag="calendars")

Name = Annotated[ObjectName, Path()]


@router.get("", summary="List calendars")
async def list_calendars(state: State, user: SignedIn, part: WholeList) -> Page[Calendar]:
    return whole_answer(await calendars.list_calendars(state.context), part)


@router.get("/{name}", summary="Read a calendar")
async def get_calendar(state: State, user: SignedIn, name: Name) -> Answer[Calendar]:
    return Answer(data=await calendars.read_calendar(state.context, name))


@router.put("/{name}", summary="Create or replace a calendar")
async def put_calendar(state: State, user: Operator, name: Name, fields: CalendarFields) -> Answer[Calendar]:
    return Answer(data=await calendars.put_calendar(state.context, name, fields, actor=actor(user)))


@router.delete("/{name}", status_code=204, summary="Delete a calendar that no task follows")
async def delete_calendar(state: State, user: Operator, name: Name) -> None:
    await calendars.delete_calendar(state.context, name, actor=actor(user))
