"""Notes refused requests for the audit log."""

from fastapi import Request

from backend.accounts.refusals import REFUSED, SIGN_IN_FAILED, Refusal
from backend.api.address_prefix import address_prefix
from backend.api.authentication import Caller, client_address
from backend.api.state import ApiState

_MOST_CAUSE = 300


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


def note_sign_in_refusal(request: Request, *, who: str, cause: str) -> None:
    """Note a sign-in with the provider that ended without a user; `who` is empty where nobody is known."""
    state: ApiState = request.app.state.api
    state.refusals.note(
        Refusal(
            action=SIGN_IN_FAILED,
            status=0,
            what=who or "single sign-on",
            address=address_prefix(client_address(request)),
            cause=cause[:_MOST_CAUSE],
        )
    )
