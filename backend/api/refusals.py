"""Notes refused requests for the audit log."""

from fastapi import Request

from backend.accounts.refusals import REFUSED, SIGN_IN_FAILED, Refusal
from backend.api.address_prefix import address_prefix
from backend.api.authentication import Caller, client_address
from backend.api.state import ApiState


def note_refusal(request: Request, status: int) -> None:
    """Note that a request is answered with this status; addresses that one client holds are one."""
    state: ApiState = request.app.state.api
    caller: Caller | None = getattr(request.state, "caller", None)
    name: str | None = getattr(request.state, "signing_in", None)
    route = request.scope.get("route")
    state.refusals.note(
        Refusal(
            action=REFUSED if name is None else SIGN_IN_FAILED,
            status=status,
            what=name or f"{request.method} {getattr(route, 'path', '')}",
            address=address_prefix(client_address(request)),
            user_id=caller.id if caller else None,
            user_name=caller.user.username if caller else None,
        )
    )
