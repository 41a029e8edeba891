"""Identifies the caller of a request, and checks the role that a route needs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from backend.accounts.identity_cache import Identity
from backend.api.state import State
from backend.context import Actor, Origin
from shared.enums import Role, Scope, Via
from shared.errors import ForbiddenError, UnauthorizedError
from shared.models.auth import User

_bearer = HTTPBearer(auto_error=False, description="An access token from login, or a personal token.")


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

    def may(self, needed: Scope) -> bool:
        """Whether the token permits what needs this scope."""
        return self.identity.scope.allows(needed)


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


async def current_caller(
    state: State, request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    """Return the caller of a request; raises `UnauthorizedError`."""
    if credentials is None:
        raise UnauthorizedError("The request has no token. Send Authorization: Bearer <token>.")
    token = credentials.credentials
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


def _needs(scope: Scope) -> Callable[[Caller], Awaitable[Caller]]:
    async def check(caller: Annotated[Caller, Depends(current_caller)]) -> Caller:
        user = caller.user
        if not user.role.allows(_ROLES[scope]):
            raise ForbiddenError(
                f"This needs the role {_ROLES[scope]}, and {user.username} is {user.role}. "
                "Ask an administrator for the role."
            )
        if not caller.may(scope):
            raise ForbiddenError(
                f"This needs a token with the scope {scope}, and this one has the scope {caller.identity.scope}. "
                "Create another token."
            )
        return caller

    return check


Viewer = Annotated[Caller, Depends(_needs(Scope.READ))]
Runner = Annotated[Caller, Depends(_needs(Scope.RUN))]
"""An operator, also with a token that may run tasks but not edit them."""
Operator = Annotated[Caller, Depends(_needs(Scope.EDIT))]
Admin = Annotated[Caller, Depends(_needs(Scope.ADMIN))]


def actor(caller: Caller) -> Actor:
    """Return the caller as the actor of a change."""
    return Actor(caller.id, caller.user.username, caller.origin)
