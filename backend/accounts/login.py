"""Signing in with a password, renewing access tokens, and signing out."""

from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.accounts import sessions
from backend.accounts.announcements import announce
from backend.accounts.identities import Identities
from backend.accounts.passwords import verify_password
from backend.accounts.sessions import EndedSession
from backend.accounts.users import find_user
from backend.context import NO_ORIGIN, Actor, Origin, ServiceContext
from shared.errors import UnauthorizedError
from shared.models.auth import TokenPair


async def login(
    context: ServiceContext, identities: Identities, username: str, password: str, *, origin: Origin = NO_ORIGIN
) -> TokenPair:
    """Return tokens for a name and its password; raises `UnauthorizedError` without saying which of them is wrong."""
    async with context.database.transaction() as connection:
        found = await find_user(connection, username)
    is_right = await verify_password(found.password_hash if found else None, password)
    if found is None or not is_right or found.user.disabled:
        raise UnauthorizedError(f"The user name or the password is wrong.{_other_way(context)}")
    async with context.database.transaction() as connection:
        # The generation is the one of the password: if that was changed since it was read, the session is void.
        session = await sessions.start(
            connection,
            found.user.id,
            generation=found.generation,
            lifetime=context.settings.refresh_token_lifetime,
        )
        await _record(connection, "auth.sign_in", found.user.id, username, origin)
    return await identities.token_pair(session)


def _other_way(context: ServiceContext) -> str:
    """Return a sentence for users without a password, which everybody gets: nobody learns who has none."""
    if context.settings.oidc_issuer is None:
        return ""
    return " If you sign in with single sign-on, you have no password here. Use: taskdeck login --sso"


async def refresh(
    context: ServiceContext, identities: Identities, refresh_token: str, *, origin: Origin = NO_ORIGIN
) -> TokenPair:
    """Return a new pair of tokens; raises `UnauthorizedError`. A token that was used before ends its session."""
    async with context.database.transaction() as connection:
        renewed = await sessions.renew(connection, refresh_token, lifetime=context.settings.refresh_token_lifetime)
        if isinstance(renewed, EndedSession):
            await announce(connection, renewed.user_id)
            await _record(connection, "auth.refresh_reused", renewed.user_id, renewed.username, origin)
    if isinstance(renewed, EndedSession):
        identities.cache.forget(renewed.user_id)
    if renewed is None or isinstance(renewed, EndedSession):
        raise UnauthorizedError("The refresh token was used, was revoked or has expired. Sign in again.")
    return await identities.token_pair(renewed)


async def sign_out(
    context: ServiceContext,
    identities: Identities,
    refresh_token: str,
    *,
    everywhere: bool = False,
    origin: Origin = NO_ORIGIN,
) -> bool:
    """End the session of a refresh token, or all sessions of its user; return False if it is over already."""
    async with context.database.transaction() as connection:
        ended = await sessions.end(connection, refresh_token)
        if ended is None:
            return False
        if everywhere:
            await sessions.end_all_of_user(connection, ended.user_id)
        await announce(connection, ended.user_id)
        await _record(connection, "auth.sign_out", ended.user_id, ended.username, origin)
    identities.cache.forget(ended.user_id)
    return True


async def _record(connection: AsyncConnection, action: str, user_id: int, username: str, origin: Origin) -> None:
    await audit.record(
        connection,
        actor=Actor(user_id, username, origin),
        action=action,
        object_type="user",
        object_id=user_id,
        object_name=username,
    )
