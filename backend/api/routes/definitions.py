"""Definitions over HTTP: what files hold, applied together."""

from backend.api.authentication import Caller, Editor, actor, require_role
from backend.api.router import api_router
from backend.api.state import State
from backend.definitions import apply
from shared.enums import Scope
from shared.models.base import Answer
from shared.models.definitions import DefinitionsRequest, DefinitionsResult

router = api_router("/api/definitions", tag="definitions")


@router.post(
    "/apply",
    summary="Create, change and prune tasks and what they refer to, all or nothing",
    description=(
        "Definitions are found by their names. Fields of a task that are not given stay as they are, or get their "
        "defaults with `exact`; calendars, concurrency groups, channels and rules are given whole. `prune` deletes the "
        "tasks of a folder or with a label that the request does not name. `dry_run` checks and answers the same and "
        "changes nothing; its `plan` in the next request makes sure that nothing else is done. Calendars, concurrency "
        "groups and rules need the role operator, channels the role admin. An error names the field as "
        "`tasks.3.schedule`, counted from 0. The body may be 32 MiB, and the answer may take 60 s."
    ),
)
async def apply_definitions(state: State, user: Editor, request: DefinitionsRequest) -> Answer[DefinitionsResult]:
    _check_roles(user, request)
    return Answer(data=await apply.apply_definitions(state.context, request, actor=actor(user)))


def _check_roles(user: Caller, request: DefinitionsRequest) -> None:
    if request.calendars or request.concurrency_groups or request.rules:
        require_role(user, Scope.EDIT)
    if request.channels:
        require_role(user, Scope.ADMIN)
