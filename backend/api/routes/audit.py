"""The audit log over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from backend.api.authentication import Viewer
from backend.api.paging import ListQuery, page_answer, sorted_by
from backend.api.state import State
from backend.audit import AuditFilter, read_log
from shared.models.base import GivenTimestamp, Page
from shared.models.system import AuditEntry

router = APIRouter(tags=["system"])


class AuditQuery(ListQuery):
    """Which entries: by actor, action, object and time. An `action` such as `task.` matches all actions on tasks."""

    sort: Annotated[str, sorted_by(["id"])] | None = None
    actor: Annotated[str, Field(max_length=100)] | None = None
    action: Annotated[str, Field(max_length=50)] | None = None
    object_type: Annotated[str, Field(max_length=50)] | None = None
    object_id: Annotated[str, Field(max_length=200)] | None = None
    since: GivenTimestamp | None = None
    until: GivenTimestamp | None = None
    q: Annotated[str, Field(max_length=200)] | None = None

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
        )


@router.get("/api/audit", summary="The audit log, newest first")
@router.get("/api/events", summary="The audit log under its former path")
async def audit_log(state: State, user: Viewer, query: Annotated[AuditQuery, Query()]) -> Page[AuditEntry]:
    return page_answer(*await read_log(state.context, query.page(), query.filter()))
