"""Identifies the user of a request, and checks the role that a route needs."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from backend.api.state import State
from backend.context import Actor
from shared.enums import Role
from shared.errors import ForbiddenError, UnauthorizedError
from shared.models.auth import User

_bearer = HTTPBearer(auto_error=False, description="An access token from login, or a personal token.")


async def current_user(
    state: State, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> User:
    """Return the user of a request; raises `UnauthorizedError`."""
    if credentials is None:
        raise UnauthorizedError("The request has no token. Send Authorization: Bearer <token>.")
    user = await state.identities.identify(credentials.credentials)
    await state.limiter.count_request(str(user.id))
    return user


def _needs(role: Role) -> Callable[[User], Awaitable[User]]:
    async def check(user: Annotated[User, Depends(current_user)]) -> User:
        if not user.role.allows(role):
            raise ForbiddenError(
                f"This needs the role {role}, and {user.username} is {user.role}. Ask an administrator for the role."
            )
        return user

    return check


Viewer = Annotated[User, Depends(_needs(Role.VIEWER))]
Operator = Annotated[User, Depends(_needs(Role.OPERATOR))]
Admin = Annotated[User, Depends(_needs(Role.ADMIN))]


def actor(user: User) -> Actor:
    """Return the user as the actor of a change."""
    return Actor(user.id, user.username)
