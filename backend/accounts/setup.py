"""The first users: of a local backend, and the first administrator of servers."""

import secrets

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.accounts.identities import Identities, hashed
from backend.accounts.login import sign_in
from backend.accounts.passwords import hash_password
from backend.accounts.tokens import delete_tokens_named, insert_token
from backend.accounts.users import find_user, has_admin, insert_user, name_taken
from backend.context import ServiceContext
from backend.database.schema import SETUP_TOKENS
from shared.enums import Role
from shared.errors import ForbiddenError
from shared.models.auth import TokenPair

_LOCAL_USER = "local"
_LOCAL_TOKEN_NAME = "local backend"  # noqa: S105
_ADMIN = "admin"


async def ensure_local_user(context: ServiceContext) -> str:
    """Return a new token for the user of the local backend; the former token is deleted."""
    async with context.database.transaction() as connection:
        await insert_user(connection, _LOCAL_USER, password_hash=None, role=Role.ADMIN)
        found = await find_user(connection, _LOCAL_USER)
        assert found is not None
        await delete_tokens_named(connection, found.user.id, _LOCAL_TOKEN_NAME)
        token = (await insert_token(connection, found.user.id, name=_LOCAL_TOKEN_NAME, expires_at=None)).token
        assert token is not None
    return token


async def ensure_admin(context: ServiceContext, password: str) -> None:
    """Create the user `admin` with this password if there is no administrator."""
    password_hash = await hash_password(password)
    async with context.database.transaction() as connection:
        if not await has_admin(connection):
            await insert_user(connection, _ADMIN, password_hash=password_hash, role=Role.ADMIN)


async def new_setup_token(context: ServiceContext) -> str | None:
    """Return a one-time token that replaces the former one, or None if there is an administrator."""
    token = secrets.token_urlsafe(24)
    async with context.database.transaction() as connection:
        if await has_admin(connection):
            return None
        await connection.execute(delete(SETUP_TOKENS))
        await connection.execute(insert(SETUP_TOKENS).values(token_hash=hashed(token)))
    return token


async def set_up(
    context: ServiceContext, identities: Identities, token: str, *, username: str, password: str
) -> TokenPair:
    """Create the first administrator and sign them in; raises `ForbiddenError` for a token that is not valid."""
    password_hash = await hash_password(password)
    async with context.database.transaction() as connection:
        if not await _use_setup_token(connection, token):
            raise ForbiddenError("This setup link was used or replaced. The newest link is in the backend's log.")
        user = await insert_user(connection, username, password_hash=password_hash, role=Role.ADMIN)
        if user is None:
            raise name_taken(username)
        await audit.record(connection, actor=username, action="user.setup", object_type="user", object_id=user.id)
    return await sign_in(context, identities, user)


async def _use_setup_token(connection: AsyncConnection, token: str) -> bool:
    statement = delete(SETUP_TOKENS).where(SETUP_TOKENS.c.token_hash == hashed(token))
    return (await connection.execute(statement)).rowcount > 0
