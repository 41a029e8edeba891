"""The audit log over HTTP."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from backend.api.authentication import Admin, Viewer, actor
from backend.api.paging import ListQuery, page_answer, sorted_by
from backend.api.router import api_router
from backend.api.state import ApiState, State
from backend.audit import AuditFilter, export_log, read_log, record_export
from shared.enums import Scope, Via
from shared.errors import ForbiddenError
from shared.models.base import GivenTimestamp, Input, ObjectId, Page
from shared.models.system import AuditEntry

router = api_router(tag="system")


class AuditConditions(Input):
    """Which entries: by actor, action, object, origin and time. An `action` such as `task.` matches all on tasks."""

    actor: Annotated[str, Field(max_length=100)] | None = None
    action: Annotated[str, Field(max_length=50)] | None = None
    object_type: Annotated[str, Field(max_length=50)] | None = None
    object_id: Annotated[str, Field(max_length=200)] | None = None
    since: GivenTimestamp | None = None
    until: GivenTimestamp | None = None
    q: Annotated[str, Field(max_length=200)] | None = None
    user_id: ObjectId | None = None
    address: Annotated[str, Field(max_length=100)] | None = None
    request_id: Annotated[str, Field(max_length=64)] | None = None
    via: Via | None = None

    def filter(self) -> AuditFilter:
        """Return the conditions."""
        return AuditFilter(
            actor=self.actor,
            action=self.action,
            object_type=self.object_type,
            object_id=self.object_id,
            since=self.since,
            until=self.until,
            q=self.q,
            user_id=self.user_id,
            address=self.address,
            request_id=self.request_id,
            via=self.via,
        )


class AuditQuery(AuditConditions, ListQuery):
    """One page of the entries that meet the conditions."""

    sort: Annotated[str, sorted_by(["id"])] | None = None


class AuditExportQuery(AuditConditions):
    """Which entries are exported."""


@router.get("/api/audit", summary="The audit log, newest first")
@router.get("/api/events", summary="The audit log under its former path")
async def audit_log(state: State, user: Viewer, query: Annotated[AuditQuery, Query()]) -> Page[AuditEntry]:
    """Addresses are shown to administrators only, who alone can filter by them."""
    sees_addresses = user.may_by_role(Scope.ADMIN)
    if query.address is not None and not sees_addresses:
        raise ForbiddenError("The filter by address needs the role admin. Leave it out, or ask an administrator.")
    entries, position = await read_log(state.context, query.page(), query.filter())
    shown = entries if sees_addresses else [entry.model_copy(update={"address": None}) for entry in entries]
    return page_answer(shown, position)


@router.get(
    "/api/audit/export",
    summary="The audit log as JSON lines, oldest first",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}},
)
async def export_audit_log(state: State, user: Admin, query: Annotated[AuditExportQuery, Query()]) -> StreamingResponse:
    wanted = query.filter()
    await record_export(state.context, wanted, actor=actor(user))
    return StreamingResponse(_lines(state, wanted), media_type="application/x-ndjson")


async def _lines(state: ApiState, wanted: AuditFilter) -> AsyncIterator[str]:
    async for entries in export_log(state.context, wanted):
        yield "".join(f"{entry.model_dump_json()}\n" for entry in entries)
