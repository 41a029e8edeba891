"""Signing in with a password, and renewing access tokens."""

import secrets

from backend.accounts import refresh_tokens
from backend.accounts.identities import Identities
from backend.accounts.passwords import verify_password
from backend.accounts.users import find_user, get_user
from backend.context import ServiceContext
from shared.errors import UnauthorizedError
from shared.models.auth import TokenPair, User


async def login(context: ServiceContext, identities: Identities, username: str, password: str) -> TokenPair:
    """Return tokens for a name and its password; raises `UnauthorizedError` without saying which of them is wrong."""
    async with context.database.transaction() as connection:
        found = await find_user(connection, username)
    is_right = await verify_password(found.password_hash if found else None, password)
    if found is None or not is_right or found.user.disabled:
        raise UnauthorizedError("The user name or the password is wrong.")
    return await sign_in(context, identities, found.user)


async def refresh(context: ServiceContext, identities: Identities, refresh_token: str) -> TokenPair:
    """Return a new pair of tokens; raises `UnauthorizedError`, and a token that was used before revokes its login."""
    async with context.database.transaction() as connection:
        used = await refresh_tokens.use(connection, refresh_token)
        user = await get_user(connection, used.user_id) if used else None
    if used is None or user is None or user.disabled:
        raise UnauthorizedError("The refresh token was used, was revoked or has expired. Sign in again.")
    return await sign_in(context, identities, user, family=used.family)


async def sign_in(
    context: ServiceContext, identities: Identities, user: User, *, family: str | None = None
) -> TokenPair:
    """Return tokens for a user; without a `family` of refresh tokens this is a new login."""
    refresh_token = secrets.token_urlsafe(32)
    async with context.database.transaction() as connection:
        await refresh_tokens.add(
            connection,
            user.id,
            token=refresh_token,
            family=family or secrets.token_hex(16),
            lifetime=context.settings.refresh_token_lifetime,
        )
    return TokenPair(
        access_token=identities.access_token(user),
        refresh_token=refresh_token,
        expires_in=context.settings.access_token_seconds,
    )
