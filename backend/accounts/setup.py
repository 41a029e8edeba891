"""The first users: of a local backend, and the first administrator of servers."""

import secrets

from sqlalchemy import delete, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.accounts import sessions
from backend.accounts.identities import Identities
from backend.accounts.passwords import hash_password
from backend.accounts.random_tokens import hashed
from backend.accounts.tokens import delete_tokens_named, insert_token
from backend.accounts.users import find_user, has_admin, insert_user, lock_administrators, name_taken
from backend.context import NO_ORIGIN, Actor, Origin, ServiceContext
from backend.database.schema import SETUP_TOKENS
from shared.enums import Role, Scope
from shared.errors import ForbiddenError
from shared.models.auth import TokenPair

_LOCAL_USER = "local"
_LOCAL_TOKEN_NAME = "local backend"  # noqa: S105
_ADMIN = "admin"

# By the primary key, and of a handful of rows.
VALID = text("select 1 from setup_tokens where token_hash = :hash and created_at > now() - interval '1 hour'")
DELETE_EXPIRED = text("delete from setup_tokens where created_at <= now() - interval '1 hour'")


async def ensure_local_user(context: ServiceContext) -> str:
    """Return a new token for the user of the local backend; the former token is deleted."""
    async with context.database.transaction() as connection:
        await insert_user(connection, _LOCAL_USER, password_hash=None, role=Role.ADMIN)
        found = await find_user(connection, _LOCAL_USER)
        assert found is not None
        await delete_tokens_named(connection, found.user.id, _LOCAL_TOKEN_NAME)
        made = await insert_token(
            connection,
            found.user.id,
            generation=found.generation,
            name=_LOCAL_TOKEN_NAME,
            scope=Scope.ADMIN,
            expires_at=None,
        )
        assert made.token is not None
    return made.token


async def ensure_admin(context: ServiceContext, password: str) -> None:
    """Create the user `admin` with this password if there is no administrator."""
    password_hash = await hash_password(password)
    async with context.database.transaction() as connection:
        await lock_administrators(connection)
        if not await has_admin(connection):
            await insert_user(connection, _ADMIN, password_hash=password_hash, role=Role.ADMIN)
        await connection.execute(delete(SETUP_TOKENS))


async def new_setup_token(context: ServiceContext) -> str | None:
    """Return a one-time token that is valid for an hour, or None if there is an administrator.

    Former ones stay valid: each replica of a first start has its own.
    """
    token = secrets.token_urlsafe(24)
    async with context.database.transaction() as connection:
        await lock_administrators(connection)
        if await has_admin(connection):
            await connection.execute(delete(SETUP_TOKENS))
            return None
        await connection.execute(DELETE_EXPIRED)
        await connection.execute(insert(SETUP_TOKENS).values(token_hash=hashed(token)))
    return token


async def set_up(
    context: ServiceContext,
    identities: Identities,
    token: str,
    *,
    username: str,
    password: str,
    origin: Origin = NO_ORIGIN,
) -> TokenPair:
    """Create the first administrator and sign them in.

    Raises `ForbiddenError` for a token that is not valid, and for every token once there is an administrator.
    """
    await _check_setup_token(context, token)
    password_hash = await hash_password(password)
    async with context.database.transaction() as connection:
        await lock_administrators(connection)
        if await has_admin(connection) or not await _is_valid(connection, token):
            raise _not_valid()
        added = await insert_user(connection, username, password_hash=password_hash, role=Role.ADMIN)
        if added is None:
            raise name_taken(username)
        await connection.execute(delete(SETUP_TOKENS))
        actor = Actor(added.user.id, username, origin)
        await audit.record(connection, actor=actor, action="user.setup", object_type="user", object_id=added.user.id)
        session = await sessions.start(
            connection,
            added.user.id,
            generation=added.generation,
            lifetime=context.settings.refresh_token_lifetime,
        )
    return await identities.token_pair(session)


async def _check_setup_token(context: ServiceContext, token: str) -> None:
    """Raise `ForbiddenError` before the expensive hash: a stranger may send any token."""
    async with context.database.transaction() as connection:
        if not await _is_valid(connection, token):
            raise _not_valid()


async def _is_valid(connection: AsyncConnection, token: str) -> bool:
    return (await connection.execute(VALID, {"hash": hashed(token)})).one_or_none() is not None


def _not_valid() -> ForbiddenError:
    return ForbiddenError(
        "This setup link has expired, was used, or an administrator exists already. While there is none, each start "
        "of the backend logs a new link."
    )
