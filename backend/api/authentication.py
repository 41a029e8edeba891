"""Identifies the caller of a request, and checks the role that a route needs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from backend.accounts.identity_cache import Identity
from backend.api.state import State
from backend.context import Actor
from shared.enums import Role, Scope
from shared.errors import ForbiddenError, UnauthorizedError
from shared.models.auth import User

_bearer = HTTPBearer(auto_error=False, description="An access token from login, or a personal token.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request."""

    identity: Identity

    @property
    def user(self) -> User:
        return self.identity.user

    @property
    def id(self) -> int:
        return self.identity.user.id

    def may(self, needed: Scope) -> bool:
        """Whether the token permits what needs this scope."""
        return self.identity.scope.allows(needed)


def client_address(request: Request) -> str:
    """Return the address that a request came from; behind a trusted proxy, the one that the proxy names."""
    return request.client.host if request.client else "unknown"


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
    await state.limiter.count_request(identity.user.id)
    return Caller(identity)


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
    return Actor(caller.id, caller.user.username)
