"""Identifies the caller of a request, and checks the role that a route needs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from backend.accounts.identity_cache import Identity
from backend.api.state import ApiState, state_of
from backend.context import Actor, Origin
from shared.access import Access, token_refusal
from shared.enums import Permission, Role, Scope, Via
from shared.errors import ForbiddenError, UnauthorizedError
from shared.models.auth import User


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request, and from where."""

    identity: Identity
    origin: Origin

    @property
    def user(self) -> User:
        return self.identity.user

    @property
    def id(self) -> int:
        return self.identity.user.id

    @property
    def access(self) -> Access:
        """What the caller may do in which folder."""
        return self.identity.access

    def sees_values(self, folder: str) -> bool:
        """Whether the values of environment variables in a folder are shown: who may edit a task can print them."""
        return self.access.permits(folder, Permission.EDIT)

    def may_by_role(self, needed: Scope) -> bool:
        """Whether the role permits, and the token, what belongs to no folder."""
        return self.user.role.allows(_ROLES[needed]) and self.identity.scope.allows(needed)


_UNIDENTIFIED = "The request has no token. Send Authorization: Bearer <token>."
_MOST_ADDRESS = 100
"""What the audit log stores; a proxy may pass on any text as an address."""
_PROGRAMS = {"taskdeck-console": Via.CONSOLE, "taskdeck-cli": Via.COMMAND_LINE}


def client_address(request: Request) -> str:
    """Return the address that a request came from; behind a trusted proxy, the one that the proxy names."""
    return request.client.host[:_MOST_ADDRESS] if request.client else "unknown"


def stranger_origin(request: Request) -> Origin:
    """Return where a request without a token came from."""
    return Origin(address=client_address(request), request_id=request.scope.get("request_id"), via=_program(request))


def _origin(request: Request, identity: Identity) -> Origin:
    return Origin(
        token_id=identity.token_id,
        address=client_address(request),
        request_id=request.scope.get("request_id"),
        via=_program(request) or (Via.SESSION if identity.token_id is None else Via.TOKEN),
    )


def _program(request: Request) -> Via | None:
    """Return which of our programs sent a request, by the name that it gives itself."""
    name = request.headers.get("user-agent", "").partition("/")[0]
    return _PROGRAMS.get(name)


def token_of(request: Request) -> str | None:
    """Return the token that came with a request, if one did."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return (token.strip() or None) if kind.casefold() == "bearer" else None


async def identify(state: ApiState, request: Request) -> Caller:
    """Return the caller of a request; raises `UnauthorizedError`."""
    token = token_of(request)
    if token is None:
        raise UnauthorizedError(_UNIDENTIFIED)
    identity = state.identities.cached(token)
    if identity is None and state.identities.has_seen(token):
        identity = await state.identities.identify(token)
    if identity is None:
        async with state.limiter.token_use(client_address(request)):
            identity = await state.identities.identify(token)
    caller = Caller(identity, _origin(request, identity))
    request.state.caller = caller
    await state.limiter.count_request(identity.user.id)
    return caller


_ROLES = {Scope.READ: Role.VIEWER, Scope.RUN: Role.OPERATOR, Scope.EDIT: Role.OPERATOR, Scope.ADMIN: Role.ADMIN}
"""The least role whose users may do what needs a scope."""


class _CallerWho(HTTPBearer):
    """A dependency: the caller of a request, who passes a check. It is documented as a bearer token.

    FastAPI takes longer over a dependency than this does over a caller, so that it has no dependencies of its own.
    """

    def __init__(self, check: Callable[[Caller], None] | None = None) -> None:
        super().__init__(scheme_name="HTTPBearer", description="An access token from login, or a personal token.")
        self._check = check

    async def __call__(self, request: Request) -> Caller:  # type: ignore[override]
        caller = await identify(state_of(request), request)
        if self._check is not None:
            self._check(caller)
        return caller


def _by_role(scope: Scope) -> _CallerWho:
    return _CallerWho(partial(require_role, scope=scope))


def require_role(caller: Caller, scope: Scope) -> None:
    """Raise `ForbiddenError` unless the role and the token permit what belongs to no folder."""
    if not caller.may_by_role(scope):
        raise _refused(caller, scope)


def _by_folder(needed: Permission) -> _CallerWho:
    def check(caller: Caller) -> None:
        # Who may not read all is refused by the use case, which does not disclose what exists.
        if caller.access.reads_all and not caller.access.permits_somewhere(needed):
            raise _refused(caller, Scope(needed.value))

    return _CallerWho(check)


def _refused(caller: Caller, scope: Scope) -> ForbiddenError:
    user, role = caller.user, _ROLES[scope]
    if user.role.allows(role):
        return ForbiddenError(token_refusal(Permission(scope.value), limit=caller.access.limit))
    return ForbiddenError(
        f"This needs the role {role}, and {user.username} is {user.role}. Ask an administrator for the role."
    )


SignedIn = Annotated[Caller, Depends(_CallerWho())]
"""Anybody with a token. What belongs to a folder is read with the caller's `access`."""
Runner = Annotated[Caller, Depends(_by_folder(Permission.RUN))]
"""Who may run tasks in some folder; the use case checks the folder, as for the next two."""
Editor = Annotated[Caller, Depends(_by_folder(Permission.EDIT))]
FolderAdmin = Annotated[Caller, Depends(_by_folder(Permission.ADMIN))]
Viewer = Annotated[Caller, Depends(_by_role(Scope.READ))]
"""Who has at least this role: for what belongs to no folder, as the next two."""
Operator = Annotated[Caller, Depends(_by_role(Scope.EDIT))]
Admin = Annotated[Caller, Depends(_by_role(Scope.ADMIN))]


def actor(caller: Caller) -> Actor:
    """Return the caller as the actor of a change."""
    return Actor(caller.id, caller.user.username, caller.origin, caller.access)
