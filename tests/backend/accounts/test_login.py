"""Signing in and staying signed in."""

import pytest

from backend.accounts.identity_cache import Identity
from backend.accounts.login import login, refresh
from backend.accounts.tokens import create_token, delete_token
from backend.accounts.users import change_user, create_user, delete_user, list_users
from backend.context import Actor
from shared.access import Access
from shared.enums import Permission, Role, Scope
from shared.errors import ConflictError, NotFoundError, UnauthorizedError
from shared.models.auth import ApiTokenCreate, User, UserCreate, UserPatch
from tests.system import System

ADMIN = Actor(0, "admin")
PASSWORD = "a long password"


async def add(system: System, username: str, role: Role = Role.VIEWER) -> User:
    new = UserCreate(username=username, password=PASSWORD, role=role)
    return await create_user(system.backend.context, new, actor=ADMIN)


async def test_a_refresh_token_that_is_used_twice_ends_the_login(system: System) -> None:
    await add(system, "eve")
    context, identities = system.backend.context, system.backend.identities
    first = await login(context, identities, "eve", PASSWORD)
    second = await refresh(context, identities, first.refresh_token)
    other = await login(context, identities, "eve", PASSWORD)
    with pytest.raises(UnauthorizedError, match="Sign in again"):
        await refresh(context, identities, first.refresh_token)
    with pytest.raises(UnauthorizedError, match="Sign in again"):
        await refresh(context, identities, second.refresh_token)
    await refresh(context, identities, other.refresh_token)


async def test_a_changed_user_must_sign_in_again(system: System) -> None:
    user = await add(system, "eve")
    context, identities = system.backend.context, system.backend.identities
    pair = await login(context, identities, "eve", PASSWORD)
    assert (await identities.identify(pair.access_token)).user.username == "eve"
    await change_user(context, identities, user.id, UserPatch(role=Role.OPERATOR), actor=ADMIN)
    with pytest.raises(UnauthorizedError):
        await refresh(context, identities, pair.refresh_token)
    again = await login(context, identities, "eve", PASSWORD)
    assert (await identities.identify(again.access_token)).user.role is Role.OPERATOR


async def test_a_deleted_token_is_refused_at_once_where_it_was_deleted(system: System) -> None:
    user = await add(system, "eve")
    context, identities = system.backend.context, system.backend.identities
    token = await create_token(
        context,
        ApiTokenCreate(name="script"),
        owner=Identity(user=user, generation=1, scope=Scope.READ, access=Access(Permission.READ)),
    )
    assert token.token is not None
    assert (await identities.identify(token.token)).user.id == user.id
    await delete_token(context, identities, token.id, owner=user)
    with pytest.raises(UnauthorizedError, match="Create a new one"):
        await identities.identify(token.token)
    with pytest.raises(NotFoundError):
        await delete_token(context, identities, token.id, owner=user)


async def test_the_last_administrator_stays(system: System) -> None:
    context, identities = system.backend.context, system.backend.identities
    (local,) = await list_users(context)
    with pytest.raises(ConflictError, match="last administrator"):
        await delete_user(context, identities, local.id, actor=ADMIN)
    await add(system, "eve", Role.ADMIN)
    await delete_user(context, identities, local.id, actor=ADMIN)
    assert [user.username for user in await list_users(context)] == ["eve"]
