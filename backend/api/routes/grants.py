"""Grants over HTTP: what users and groups may do in folders."""

from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import Field

from backend.accounts import grants
from backend.api.authentication import FolderAdmin, SignedIn, actor
from backend.api.idempotency import IdempotencyKey, once
from backend.api.paging import WholeListQuery, whole_answer
from backend.api.router import api_router
from backend.api.state import State
from shared.models.base import Answer, Page
from shared.models.grant import Grant, GrantFields

router = api_router("/api/grants", tag="auth")


class GrantQuery(WholeListQuery):
    """The user or the group whose grants are wanted; without them, all."""

    user: Annotated[str, Field(max_length=100)] | None = None
    group: Annotated[str, Field(max_length=255)] | None = None


@router.get("", summary="List the grants in the folders that you administer")
async def list_grants(state: State, user: SignedIn, query: Annotated[GrantQuery, Query()]) -> Page[Grant]:
    found = await grants.list_grants(state.context, access=user.access, user=query.user, group=query.group)
    return whole_answer(found, query)


@router.post(
    "",
    status_code=201,
    summary="Grant a user or a group a permission in a folder",
    description="It counts at once, in the folder and in all folders below it, beside what the role permits. "
    "Administrators of a folder may grant within it.",
)
async def add_grant(
    state: State, user: FolderAdmin, request: Request, fields: GrantFields, idempotency_key: IdempotencyKey = None
) -> Answer[Grant]:
    return Answer(
        data=await once(
            state,
            request,
            user=user,
            key=idempotency_key,
            kind=Grant,
            produce=lambda by: grants.put_grant(state.context, state.identities, fields, actor=actor(by)),
        )
    )


@router.delete("/{grant_id}", status_code=204, summary="Remove a grant; it ends at once")
async def remove_grant(state: State, user: FolderAdmin, grant_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> None:
    await grants.remove_grant(state.context, state.identities, grant_id, actor=actor(user))
