"""Identifies the caller of a request, and checks the role that a route needs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from backend.accounts.identity_cache import Identity
from backend.api.state import State
from backend.context import Actor
from shared.enums import Role
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

    @property
    def role(self) -> Role:
        return self.identity.user.role


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


def _needs(role: Role) -> Callable[[Caller], Awaitable[Caller]]:
    async def check(caller: Annotated[Caller, Depends(current_caller)]) -> Caller:
        if not caller.role.allows(role):
            raise ForbiddenError(
                f"This needs the role {role}, and {caller.user.username} is {caller.role}. "
                "Ask an administrator for the role."
            )
        return caller

    return check


Viewer = Annotated[Caller, Depends(_needs(Role.VIEWER))]
Operator = Annotated[Caller, Depends(_needs(Role.OPERATOR))]
Admin = Annotated[Caller, Depends(_needs(Role.ADMIN))]


def actor(caller: Caller) -> Actor:
    """Return the caller as the actor of a change."""
    return Actor(caller.id, caller.user.username)
