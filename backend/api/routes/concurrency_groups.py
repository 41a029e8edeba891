"""Concurrency groups over HTTP."""

from typing import Annotated

from fastapi import Path

from backend.api.authentication import Operator, SignedIn, actor
from backend.api.paging import WholeList, whole_answer
from backend.api.router import api_router
from backend.api.state import State
from backend.runs import concurrency_groups
from shared.models.base import Answer, ObjectName, Page
from shared.models.concurrency_group import ConcurrencyGroup, ConcurrencyGroupFields

router = api_router("/api/concurrency-groups", tag="concurrency groups")

Name = Annotated[ObjectName, Path()]


@router.get("", summary="List concurrency groups")
async def list_concurrency_groups(state: State, user: SignedIn, part: WholeList) -> Page[ConcurrencyGroup]:
    return whole_answer(await concurrency_groups.list_concurrency_groups(state.context), part)


@router.get("/{name}", summary="Read a concurrency group")
async def get_concurrency_group(state: State, user: SignedIn, name: Name) -> Answer[ConcurrencyGroup]:
    return Answer(data=await concurrency_groups.read_concurrency_group(state.context, name))


@router.put("/{name}", summary="Create or replace a concurrency group")
async def put_concurrency_group(
    state: State, user: Operator, name: Name, fields: ConcurrencyGroupFields
) -> Answer[ConcurrencyGroup]:
    return Answer(data=await concurrency_groups.put_concurrency_group(state.context, name, fields, actor=actor(user)))


@router.delete("/{name}", status_code=204, summary="Delete a concurrency group that no task uses")
async def delete_concurrency_group(state: State, user: Operator, name: Name) -> None:
    await concurrency_groups.delete_concurrency_group(state.context, name, actor=actor(user))
